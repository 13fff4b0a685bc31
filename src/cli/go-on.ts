/** The command that takes a cut transfer up again, ready to be pasted. */

import { stat } from 'node:fs/promises';
import { behindLinks, partPathOf } from '../client/index.ts';
import { Option } from 'commander';
import { printable } from '../protocol/index.ts';
import { type ClientCall, reachOptions, texts } from './client-options/index.ts';
import type { OptionValues } from './define-subcommand.ts';
import { formatNumber } from './display/figures.ts';
import type { Report } from './display/index.ts';
import { exitCodes } from './exit-codes.ts';
import { quoteForShell } from './shell/shell-words.ts';
import { shellWord } from './shell-word.ts';

/** `words` stand before the URL. Passwords are left out: what is not in the environment is asked for. */
export function commandToGoOn(name: string, words: readonly string[], call: ClientCall, options: OptionValues): string {
  // In the shell the path is enough, and the session is there.
  if (call.pool !== undefined) return [name, '--resume', ...[...words, call.urlText].map(quoteForShell)].join(' ');
  const url = call.urlText.replace(/:\*+@/, '@');
  return ['twinline', name, '--resume', ...[...words, url, ...sessionWords(options)].map(shellWord)].join(' ');
}

/** What lies in the part of a download that failed, and the command that goes on with it; undefined where there is none. */
export async function howToGoOnWithPart(
  target: string,
  call: ClientCall,
  options: OptionValues,
): Promise<string | undefined> {
  if (target === '-') return undefined;
  // A link stays, and the part lies beside what it leads to.
  const partPath = partPathOf(await behindLinks(target).catch(() => target));
  const part = await stat(partPath).catch(() => undefined);
  if (part?.isFile() !== true || part.size === 0) return undefined;
  const bytes = formatNumber(part.size);
  const command = commandToGoOn('get', ['-o', target], call, options);
  return `${bytes} ${part.size === 1 ? 'byte is' : 'bytes are'} in ${printable(partPath)}; go on with: ${command}`;
}

/** Secrets that an option may hold are left out; these hold nothing else. */
const secretOptions: ReadonlySet<string> = new Set(['pass']);

/** Exits behind which a part of a file may be on the other side. */
export const resumableExits: ReadonlySet<number> = new Set([
  exitCodes.incomplete,
  exitCodes.timeout,
  exitCodes.interrupted,
]);

/** For several files: one line, where another run can take up what this one has left. */
export function sayHowToResume(report: Report, isResumed = false): void {
  if (!resumableExits.has(report.exitCode)) return;
  report.say(`Go on with the same command${isResumed ? '' : ' and --resume'}.`);
}

/** What the command line said of login, trust and the way, without which the same server would not be reached again. */
function sessionWords(options: OptionValues): readonly string[] {
  return reachOptions.flatMap(({ flags }) => {
    const option = new Option(flags);
    const value = options[option.attributeName()];
    if (value === undefined || secretOptions.has(option.attributeName())) return [];
    const name = option.short ?? option.long ?? '';
    if (typeof value === 'boolean') return value ? [name] : [];
    return texts(options, option.attributeName()).flatMap((part) => [
      name,
      withoutPassword(option.attributeName(), part),
    ]);
  });
}

function withoutPassword(name: string, value: string): string {
  if (name === 'user') return value.replace(/:.*$/s, '');
  return name === 'proxy' ? value.replace(/^((?:[A-Za-z][A-Za-z0-9+.-]*:\/\/)?[^/@:]*):.*@/s, '$1@') : value;
}
