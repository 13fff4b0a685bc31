/** The files that `--report FORMAT=FILE` asks for. */

import { writeFile } from 'node:fs/promises';
import { TwinlineError } from '../../errors/index.ts';
import type { OptionValues } from '../define-subcommand.ts';
import { fileProblem } from '../file-problem.ts';
import type { Output } from '../output.ts';
import { UsageError } from '../usage-error.ts';
import { words } from './option-words.ts';

export interface WantedReport {
  readonly format: string;
  readonly file: string;
}

/** Throws `UsageError` for a format that `formats` does not have. */
export function wantedReports(
  options: OptionValues,
  formats: Readonly<Record<string, unknown>>,
): readonly WantedReport[] {
  return (words(options, 'report') ?? []).map((word) => {
    const equals = word.indexOf('=');
    const [format, file] = [word.slice(0, Math.max(equals, 0)), word.slice(equals + 1)];
    if (!Object.hasOwn(formats, format) || file === '') {
      const known = Object.keys(formats).join(', ');
      throw new UsageError(`--report takes FORMAT=FILE with one of ${known}, not "${word}".`);
    }
    return { format, file };
  });
}

/** Throws `TwinlineError`. */
export async function writeLabFile(file: string, what: string, content: string): Promise<void> {
  try {
    await writeFile(file, content);
  } catch (error) {
    const message = `${what} cannot be written to "${file}": ${fileProblem(error)}.`;
    throw new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message, { cause: error });
  }
}

/** Writes every report that is asked for, and says where it is. */
export async function writeReports<Subject>(
  subject: Subject,
  formats: Readonly<Record<string, (subject: Subject) => string>>,
  options: OptionValues,
  output: Output,
): Promise<void> {
  for (const { format, file } of wantedReports(options, formats)) {
    const render = formats[format];
    if (render === undefined) continue;
    await writeLabFile(file, 'The report', render(subject));
    output.stderr.write(`The ${format} report is in ${file}.\n`);
  }
}
