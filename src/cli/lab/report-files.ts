/** The files that `--report FORMAT=FILE` asks for. */

import { access, constants, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
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
export async function writeLabFile(file: string, what: string, content: string, mode = 0o666): Promise<void> {
  try {
    await writeFile(file, content, { mode });
  } catch (error) {
    throw unwritable(file, what, error);
  }
}

function unwritable(file: string, what: string, error: unknown): TwinlineError {
  const message = `${what} cannot be written to "${file}": ${fileProblem(error)}.`;
  return new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message, { cause: error });
}

/** Makes sure, before a run that may take minutes, that its files can be made; leaves what is there. Throws `TwinlineError`. */
export async function checkLabFile(file: string, what: string): Promise<void> {
  try {
    const found = await stat(file).catch(() => undefined);
    if (found === undefined) await access(dirname(resolve(file)), constants.W_OK);
    else if (found.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
    else await access(file, constants.W_OK);
  } catch (error) {
    throw unwritable(file, what, error);
  }
}

/** Writes every report that is asked for, and says where it is. Throws the first problem when all of them were tried. */
export async function writeReports<Subject>(
  subject: Subject,
  formats: Readonly<Record<string, (subject: Subject) => string>>,
  options: OptionValues,
  output: Output,
): Promise<void> {
  const problems: unknown[] = [];
  for (const { format, file } of wantedReports(options, formats)) {
    try {
      await writeLabFile(file, 'The report', rendered(subject, format, formats));
      output.stderr.write(`The ${format} report is in ${file}.\n`);
    } catch (error) {
      problems.push(error);
    }
  }
  if (problems.length > 0) throw problems[0];
}

function rendered<Subject>(
  subject: Subject,
  format: string,
  formats: Readonly<Record<string, (subject: Subject) => string>>,
): string {
  try {
    return formats[format]?.(subject) ?? '';
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = `The ${format} report would be too long to be written; run fewer cases with --only.`;
    throw new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message, { cause: error });
  }
}
