/** What every run of the lab is told by options: which cases, which seed, which reports. */

import { randomInt } from 'node:crypto';
import { type CaseReport, type LabCase, reportFormats, terminalLine } from '../../lab/index.ts';
import type { OptionValues } from '../define-subcommand.ts';
import type { Output } from '../output.ts';
import { packageVersion } from '../package-version.ts';
import { text } from '../client-options/index.ts';
import { UsageError } from '../usage-error.ts';
import { checkLabFile, wantedReports } from './report-files.ts';
import { chosenCases } from './chosen-cases.ts';

export interface LabRun<Case extends LabCase> {
  readonly cases: readonly Case[];
  readonly seed: number;
  readonly parallel: number;
  readonly intrusive: boolean;
  readonly tool: string;
  readonly onReport: (report: CaseReport, done: number, total: number) => void;
}

/** The number of an option between bounds; `undefined` where it was not given. Throws `UsageError`. */
export function wholeNumber(
  options: OptionValues,
  name: string,
  flag: string,
  most: number,
  least = 0,
): number | undefined {
  const value = text(options, name);
  if (value === undefined) return undefined;
  const number = /^\d{1,10}$/.test(value) ? Number(value) : -1;
  if (number < least || number > most)
    throw new UsageError(`${flag} takes a number from ${least} to ${most}, not "${value}".`);
  return number;
}

/** `casesAtOnce` is the number where none is asked for. Throws `UsageError` or `TwinlineError`. */
export async function readLabRun<Case extends LabCase>(
  cases: readonly Case[],
  options: OptionValues,
  output: Output,
  casesAtOnce: number,
): Promise<LabRun<Case>> {
  for (const { file } of wantedReports(options, reportFormats)) await checkLabFile(file, 'The report');
  const profile = text(options, 'saveProfile');
  if (profile !== undefined) await checkLabFile(profile, 'The profile');
  return {
    cases: chosenCases(cases, options),
    seed: wholeNumber(options, 'seed', '--seed', 4_294_967_295) ?? randomInt(1_000_000),
    parallel: wholeNumber(options, 'parallel', '--parallel', 64, 1) ?? casesAtOnce,
    intrusive: options['intrusive'] === true,
    tool: `twinline ${await packageVersion()}`,
    onReport: (report) => output.stdout.write(terminalLine(report, output.stdoutColour)),
  };
}
