/** Which display a command line asks for, and what the terminal can show. */

import type { OptionRecord, OptionValues } from '../define-subcommand.ts';
import type { Output } from '../output.ts';
import { UsageError } from '../usage-error.ts';
import { BarDisplay } from './bar-display.ts';
import type { Display } from './display.ts';
import { JsonDisplay } from './json-display.ts';
import { LineDisplay } from './line-display.ts';
import { QuietDisplay } from './quiet-display.ts';

export const jsonOption: OptionRecord = {
  flags: '--json',
  description: 'Print events for programs on standard output, one JSON object a line.',
};

/** Options of every command that moves files. */
export const displayOptions: readonly OptionRecord[] = [
  jsonOption,
  { flags: '-s, --quiet', description: 'Show nothing but errors.' },
];

/** `hasBars: false` where bars would run into other output; `tellsEach: false` where there may be thousands of files. */
export function chooseDisplay(options: OptionValues, output: Output, hasBars = true, tellsEach = true): Display {
  const { json, quiet, verbose, trace } = options;
  if (json === true && quiet === true)
    throw new UsageError('--json and --quiet exclude each other; leave one of them out.');
  if (json === true) return new JsonDisplay(output);
  if (quiet === true) return new QuietDisplay(output);
  // What is shown of the lines would run through the bars.
  const canDraw = output.interactive && process.env['TERM'] !== 'dumb' && verbose === undefined && trace !== '-';
  return hasBars && canDraw ? new BarDisplay(output, tellsEach) : new LineDisplay(output, undefined, tellsEach);
}

/** Of commands whose own output is what people want to see: errors alone, or events. */
export function errorsOnly(options: OptionValues, output: Output): Display {
  return options['json'] === true ? new JsonDisplay(output) : new QuietDisplay(output);
}
