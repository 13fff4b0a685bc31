/** What a person sees of an error: one sentence, and where it comes from only when asked for. */

import { TwinlineError } from '../errors/index.ts';
import { printable } from '../protocol/index.ts';
import { ConfigProblems } from './problems.ts';

/** What stderr shows of an error: one sentence for each problem, and with TWINLINE_DEBUG=1 where it comes from. */
export function describeError(error: unknown): string {
  if (error instanceof ConfigProblems) return error.problems.map(describeError).join('');
  const debug = process.env['TWINLINE_DEBUG'] === '1';
  const known = error instanceof TwinlineError;
  const message = printable(error instanceof Error ? error.message : String(error));
  const sentence = known ? message : `Unexpected error: ${message}`;
  const hint = known || debug ? '' : ' (TWINLINE_DEBUG=1 shows where it comes from; please report it)';
  const details = debug ? `${inspectError(error)}\n` : '';
  return `twinline: ${sentence}${hint}\n${details}`;
}

function inspectError(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const cause = error.cause === undefined ? '' : `\ncaused by: ${inspectError(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
