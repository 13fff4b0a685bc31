/** The options that show what happens on the lines, read into what the client library takes. */

import type { ConnectOptions, TraceListener } from '../../client/index.ts';
import { printable } from '../../protocol/index.ts';
import type { OptionRecord, OptionValues } from '../define-subcommand.ts';
import type { Output } from '../output.ts';
import { packageVersion } from '../package-version.ts';
import { UsageError } from '../usage-error.ts';

export const traceOptions: readonly OptionRecord[] = [
  {
    flags: '-v, --verbose',
    description:
      'Show the dialogue on the control line and TLS on both lines; -vv adds TLS details, the time of each step and what the standards say.',
    repeatable: true,
  },
  {
    flags: '--trace <file>',
    description: 'Write everything that happens as JSON lines to this file, passwords masked; "-" is standard error.',
  },
  { flags: '--trace-listings', description: 'Put the bytes of listings into the trace too, names of files and all.' },
  {
    flags: '--keylog <file>',
    description:
      'Append the secrets of TLS to this file, for reading a capture of the network. Whoever has both can read the password.',
  },
];

type TraceSettings = Pick<ConnectOptions, 'onTrace' | 'traceListings' | 'onKeylog'>;

/** Opens what the options name. Throws `UsageError`, `ConfigError` or `TwinlineError` where that cannot be. */
export async function readTrace(options: OptionValues, output: Output): Promise<TraceSettings> {
  const complain = (text: string): void => void output.stderr.write(printable(text.trimEnd()) + '\n');
  const listeners: TraceListener[] = [];
  const level = verbosity(options);
  if (level === 1) {
    const { dialogueLines } = await import('../trace/dialogue.ts');
    listeners.push((event) => writeLines(dialogueLines(event), output));
  } else if (level > 1) {
    const { detailPrinter } = await import('../trace/dialogue-details.ts');
    listeners.push(detailPrinter((text) => output.stderr.write(text)));
  }
  const path = fileName(options['trace'], '--trace');
  if (path !== undefined) {
    const { traceFileWriter, traceHeader, traceLine } = await import('../trace/trace-file.ts');
    const header = traceHeader(await packageVersion(), Date.now());
    if (path !== '-') listeners.push(traceFileWriter(path, header, complain));
    else {
      output.stderr.write(header);
      listeners.push((event) => output.stderr.write(traceLine(event)));
    }
  }
  const traceListings = options['traceListings'] === true;
  if (traceListings && path === undefined) throw new UsageError('--trace-listings needs --trace FILE.');
  const keylog = fileName(options['keylog'], '--keylog');
  const onKeylog =
    keylog === undefined ? undefined : (await import('../trace/trace-file.ts')).keylogWriter(keylog, complain);
  return {
    ...(listeners.length === 0 ? {} : { onTrace: (event) => listeners.forEach((listener) => listener(event)) }),
    ...(traceListings ? { traceListings } : {}),
    ...(onKeylog === undefined ? {} : { onKeylog }),
  };
}

/** The trace is on standard error, where nothing else should run through it. */
export function isVerbose(options: OptionValues): boolean {
  return verbosity(options) > 0 || options['trace'] === '-';
}

/** How often -v was given. */
function verbosity(options: OptionValues): number {
  const given = options['verbose'];
  return typeof given === 'number' ? given : given === true ? 1 : 0;
}

function fileName(value: OptionValues[string], flag: string): string | undefined {
  if (value === '') throw new UsageError(`${flag} is empty: name a file.`);
  return typeof value === 'string' ? value : undefined;
}

function writeLines(lines: readonly string[], output: Output): void {
  for (const line of lines) output.stderr.write(`${line}\n`);
}
