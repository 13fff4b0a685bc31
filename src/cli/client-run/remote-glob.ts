/** Patterns in remote paths: expanded here, from listings, as no command of FTP is bound to know them. */

import { type Client, joinRemote, type ListedEntry, remoteNameProblem } from '../../client/index.ts';
import { ReplyError, TwinlineError } from '../../errors/index.ts';
import { compileGlob, hasGlob, printable } from '../../protocol/index.ts';
import type { Report } from '../display/index.ts';
import type { ClientRun } from './run-client.ts';
import type { OptionValues } from '../define-subcommand.ts';
import { UsageError } from '../usage-error.ts';

/** What a pattern has found. */
export interface RemoteMatch {
  readonly path: string;
  /** What the listing told; undefined for a path that holds no pattern. */
  readonly entry: ListedEntry | undefined;
}

/** The paths that `pattern` stands for, by name. A path without a pattern stands for itself. */
export async function expandGlob(client: Client, pattern: string, signal: AbortSignal): Promise<RemoteMatch[]> {
  if (!hasGlob(pattern)) return [{ path: pattern, entry: undefined }];
  let found: RemoteMatch[] = [{ path: pattern.startsWith('/') ? '/' : '', entry: undefined }];
  const names = pattern.split('/').filter((name) => name !== '');
  for (const [index, name] of names.entries()) {
    const isLast = index === names.length - 1;
    const next: RemoteMatch[] = [];
    for (const { path } of found) next.push(...(await step(client, path, name, isLast, signal)));
    found = next;
  }
  return found;
}

async function step(
  client: Client,
  folder: string,
  name: string,
  isLast: boolean,
  signal: AbortSignal,
): Promise<RemoteMatch[]> {
  if (!hasGlob(name)) return [{ path: joinRemote(folder, name), entry: undefined }];
  const matches = compileGlob(name);
  if (matches === undefined) throw new UsageError(`The pattern "${printable(name)}" is too long.`);
  const found: RemoteMatch[] = [];
  try {
    for await (const entry of client.list(folder === '' ? undefined : folder, { signal })) {
      // As in a shell: a dot in front is only met by a dot.
      const isHidden = entry.name.startsWith('.') && !name.startsWith('.');
      const isInPlace = isLast || entry.type === 'directory' || entry.type === 'symlink';
      const isName = entry.raw === undefined && remoteNameProblem(entry.name) === undefined;
      if (isName && isInPlace && !isHidden && matches(entry.name))
        found.push({ path: joinRemote(folder, entry.name), entry });
    }
  } catch (error) {
    // A folder on the way that is none, or may not be seen, holds nothing that matches.
    if (!(error instanceof ReplyError) || isLast) throw error;
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The files that the patterns of a command line stand for; what finds nothing is told, and the others are gone on with. */
export async function filesMatching(
  client: Client,
  patterns: readonly string[],
  report: Report,
  signal: AbortSignal,
): Promise<RemoteMatch[]> {
  const found: RemoteMatch[] = [];
  for (const pattern of patterns) {
    try {
      const matches = await expandGlob(client, pattern, signal);
      const files = matches.filter(({ entry }) => entry?.type !== 'directory');
      for (const { path } of matches.filter((match) => !files.includes(match))) {
        report.notice(`${path} is a folder and left out; twinline mirror fetches folders.`);
      }
      if (files.length === 0) throw nothingMatches(pattern);
      found.push(...files);
    } catch (error) {
      if (!(error instanceof ReplyError) && !(error instanceof TwinlineError && error.code === 'ERR_TWINLINE_NO_MATCH'))
        throw error;
      report.error(error, pattern);
    }
  }
  return found;
}

function nothingMatches(pattern: string): TwinlineError {
  const message = `No file there matches "${pattern}"; --no-glob takes it as a name.`;
  return new TwinlineError('ERR_TWINLINE_NO_MATCH', message);
}

/** The option of every command that takes patterns. */
export const noGlobOption = { flags: '--no-glob', description: 'Take * ? [ in a URL as they are.' };

/** The paths that a command is about, files and folders: patterns are expanded unless `--no-glob` was given. */
export async function pathsMeant(
  client: Client,
  paths: readonly string[],
  options: OptionValues,
  { report, signal }: ClientRun,
): Promise<readonly string[]> {
  if (options['glob'] === false) return paths;
  const found: string[] = [];
  for (const pattern of paths) {
    const matches = await expandGlob(client, pattern, signal);
    if (matches.length === 0) report.error(nothingMatches(pattern), pattern);
    found.push(...matches.map(({ path }) => path));
  }
  return found;
}
