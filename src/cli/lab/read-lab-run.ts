/** What every run of the lab is told by options: which cases, which seed, which reports. */

import { writeFile } from 'node:fs/promises';
import { randomInt } from 'node:crypto';
import {
  type CaseReport,
  type LabCase,
  type LabReport,
  reportFormats,
  selectCases,
  terminalLine,
} from '../../lab/index.ts';
import type { OptionValues } from '../define-subcommand.ts';
import { TwinlineError } from '../../errors/index.ts';
import { fileProblem } from '../file-problem.ts';
import type { Output } from '../output.ts';
import { packageVersion } from '../package-version.ts';
import { text } from '../client-options/index.ts';
import { UsageError } from '../usage-error.ts';

export interface LabRun<Case extends LabCase> {
  readonly cases: readonly Case[];
  readonly seed: number;
  readonly parallel: number;
  readonly intrusive: boolean;
  readonly tool: string;
  readonly onReport: (report: CaseReport, done: number, total: number) => void;
}

function words(options: OptionValues, name: string): readonly string[] | undefined {
  const value = options[name];
  return Array.isArray(value) ? (value as readonly string[]) : undefined;
}

/** The number of an option between bounds; `undefined` where it was not given. Throws `UsageError`. */
export function wholeNumber(options: OptionValues, name: string, flag: string, most: number): number | undefined {
  const value = text(options, name);
  if (value === undefined) return undefined;
  const number = /^\d{1,10}$/.test(value) ? Number(value) : -1;
  if (number < 0 || number > most) throw new UsageError(`${flag} takes a number from 0 to ${most}, not "${value}".`);
  return number;
}

/** Throws `UsageError` or `ConfigError`. */
export async function readLabRun<Case extends LabCase>(
  cases: readonly Case[],
  options: OptionValues,
  output: Output,
): Promise<LabRun<Case>> {
  const [only, skip] = [words(options, 'only'), words(options, 'skip')];
  readReports(options);
  return {
    cases: selectCases(cases, { ...(only && { only }), ...(skip && { skip }) }),
    seed: wholeNumber(options, 'seed', '--seed', 4_294_967_295) ?? randomInt(1_000_000),
    parallel: wholeNumber(options, 'parallel', '--parallel', 64) ?? 4,
    intrusive: options['intrusive'] === true,
    tool: `twinline ${await packageVersion()}`,
    onReport: (report) => output.stdout.write(terminalLine(report, output.colour)),
  };
}

interface WantedReport {
  readonly format: string;
  readonly file: string;
}

function readReports(options: OptionValues): readonly WantedReport[] {
  return (words(options, 'report') ?? []).map((word) => {
    const equals = word.indexOf('=');
    const [format, file] = [word.slice(0, Math.max(equals, 0)), word.slice(equals + 1)];
    if (!Object.hasOwn(reportFormats, format) || file === '') {
      const known = Object.keys(reportFormats).join(', ');
      throw new UsageError(`--report takes FORMAT=FILE with one of ${known}, not "${word}".`);
    }
    return { format, file };
  });
}

/** Writes the files that `--report` asks for. */
export async function writeReports(report: LabReport, options: OptionValues, output: Output): Promise<void> {
  for (const { format, file } of readReports(options)) {
    const render = reportFormats[format];
    if (render === undefined) continue;
    try {
      await writeFile(file, render(report));
    } catch (error) {
      const message = `The report cannot be written to "${file}": ${fileProblem(error)}.`;
      throw new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message, { cause: error });
    }
    output.stderr.write(`The ${format} report is in ${file}.\n`);
  }
}
