/** What is shown of both lines. */

import type { ConnectOptions } from '../../client/index.ts';
import type { OptionRecord, OptionValues } from '../define-subcommand.ts';
import { dialoguePrinter } from '../dialogue.ts';
import type { Output } from '../output.ts';

export const traceOptions: readonly OptionRecord[] = [
  { flags: '-v, --verbose', description: 'Show the dialogue on the control line and TLS on both lines.' },
];

export function isVerbose(options: OptionValues): boolean {
  return options['verbose'] === true;
}

export function readTrace(options: OptionValues, output: Output): Pick<ConnectOptions, 'onTrace'> {
  return isVerbose(options) ? { onTrace: dialoguePrinter(output) } : {};
}
