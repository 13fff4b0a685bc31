/** `twinline user import`: takes over the users of another program, all of them or none. */

import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { text as textOfStream } from 'node:stream/consumers';
import { ConfigError } from '../../errors/index.ts';
import { printable } from '../../protocol/index.ts';
import {
  type ImportFormat,
  importFormats,
  type ImportOutcome,
  type ImportProblem,
  readUsers,
  type UserDirectory,
} from '../../users/index.ts';
import type { OptionValues } from '../define-subcommand.ts';
import { exitCodes } from '../exit-codes.ts';
import { fileProblem } from '../file-problem.ts';
import type { Output } from '../output.ts';
import { UsageError } from '../usage-error.ts';

/** Half a million users; the file is read as a whole. */
const maxImportFileBytes = 67_108_864;
/** Problems that are shown to a person; more of the same kind help nobody. */
const maxShownProblems = 50;

async function readFileOf(path: string): Promise<string> {
  if (path === '-') return textOfStream(process.stdin);
  try {
    const { size } = await stat(path);
    if (size > maxImportFileBytes) throw new Error('it is longer than 64 MiB, so it must be something else');
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (error) {
    const isText = !(error instanceof TypeError);
    const reason = isText ? fileProblem(error) : 'it is not text in UTF-8';
    throw new ConfigError('ERR_TWINLINE_CONFIG', `${path} cannot be read: ${reason}.`, { cause: error });
  }
}

function textOf(options: OptionValues, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

function formatOf(options: OptionValues): ImportFormat | undefined {
  const text = textOf(options, 'format');
  const format = importFormats.find((one) => one === text);
  if (text === undefined || format !== undefined) return format;
  throw new UsageError(`--format takes ${importFormats.join(', ')}; "${text}" is none of them.`);
}

function existingOf(options: OptionValues): 'refuse' | 'update' | 'skip' {
  if (options['update'] === true && options['skip'] === true) {
    throw new UsageError('--update and --skip exclude each other: choose what becomes of users who are there already.');
  }
  return options['update'] === true ? 'update' : options['skip'] === true ? 'skip' : 'refuse';
}

function lineOf({ source }: ImportProblem): number {
  return Number(source.slice(source.lastIndexOf(':') + 1)) || 0;
}

function linesOf(list: readonly ImportProblem[]): string {
  const shown = list.slice(0, maxShownProblems).map(({ source, message }) => `${source}: ${printable(message)}\n`);
  const more = list.length - shown.length;
  return shown.join('') + (more > 0 ? `and ${more} more of these\n` : '');
}

function summaryOf({ added, updated, skipped, problems }: ImportOutcome, isTrial: boolean): string {
  if (problems.length > 0) {
    const what = problems.length === 1 ? 'one line needs' : `${problems.length} lines need`;
    return `Nothing was taken over: ${what} your hand.`;
  }
  const counts = `${added.length} new, ${updated.length} changed, ${skipped.length} skipped`;
  return isTrial ? `Nothing was changed. An import would make: ${counts}.` : `Imported: ${counts}.`;
}

/** Resolves with the exit code. Throws `UsageError` and `ConfigError` for what has no line. */
export async function importAction(
  store: UserDirectory,
  path: string,
  options: OptionValues,
  output: Output,
): Promise<number> {
  const existing = existingOf(options);
  const [format, home, stripHome, shadowFile] = [
    formatOf(options),
    ...['home', 'stripHome', 'shadow'].map((name) => textOf(options, name)),
  ];
  const text = await readFileOf(path);
  const read = await readUsers(text, {
    source: path === '-' ? 'standard input' : basename(resolve(path)),
    existing,
    ...(format === undefined ? {} : { format }),
    ...(home === undefined ? {} : { home }),
    ...(stripHome === undefined ? {} : { stripHome }),
    ...(shadowFile === undefined ? {} : { shadow: await readFileOf(shadowFile) }),
  });
  const isTrial = options['dryRun'] === true;
  // With problems in the file the database is asked all the same, so that all of them are told at once.
  const tried = store.importUsers(read.users, { dryRun: isTrial || read.problems.length > 0 });
  const problems = [...read.problems, ...tried.problems].toSorted((a, b) => lineOf(a) - lineOf(b));
  const outcome = { ...tried, problems };
  if (options['json'] === true)
    output.stdout.write(`${JSON.stringify({ ...outcome, notes: read.notes, dryRun: isTrial })}\n`);
  else output.stderr.write(`${linesOf(read.notes)}${linesOf(outcome.problems)}${summaryOf(outcome, isTrial)}\n`);
  return outcome.problems.length === 0 ? exitCodes.ok : exitCodes.config;
}
