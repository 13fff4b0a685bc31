/** What LIST, NLST, MLSD and STAT list: a directory, one file, or the names that match a pattern. */

import { StorageError } from '../../errors/index.ts';
import { baseName, compileGlob, type Entry, hasGlob, parentPath } from '../../protocol/index.ts';
import type { Session } from '../session.ts';

/** An argument taken apart. */
export interface ListingRequest {
  /** Path of the directory or file, as the client wrote it; empty for the working directory. */
  readonly folder: string;
  readonly pattern: string | undefined;
  /** MLSD: a file is an error (501, RFC 3659 section 7.2.1). */
  readonly folderOnly?: boolean;
}

export interface Listing {
  readonly entries: AsyncIterable<readonly Entry[]>;
  readonly isFolder: boolean;
  /** What stands before each name so that the client can use it as a path. */
  readonly prefix: string;
}

/** Drops options as of `ls` (`-la`), which many clients send, and splits a pattern from the folder before it. */
export function parseListArgument(argument: string): ListingRequest {
  const path = argument.replace(/^(?:-[A-Za-z0-9]+(?: +|$))+/, '');
  const slash = path.lastIndexOf('/');
  const last = path.slice(slash + 1);
  if (!hasGlob(last)) return { folder: path, pattern: undefined };
  return { folder: slash === -1 ? '' : path.slice(0, slash + 1), pattern: last };
}

async function* matching(
  batches: AsyncIterable<readonly Entry[]>,
  matches: (name: string) => boolean,
): AsyncGenerator<readonly Entry[]> {
  for await (const batch of batches) yield batch.filter((entry) => matches(entry.name));
}

async function* single(entry: Entry): AsyncGenerator<readonly Entry[]> {
  yield await Promise.resolve([entry]);
}

/** A name with glob characters may also be the name itself: it is tried first. */
async function literalFirst(session: Session, request: ListingRequest): Promise<ListingRequest> {
  if (request.pattern === undefined) return request;
  const literal = `${request.folder}${request.pattern}`;
  try {
    await session.storage.stat(session.path(literal));
    return { folder: literal, pattern: undefined };
  } catch (error) {
    if (error instanceof StorageError) return request;
    throw error;
  }
}

/** Finds what a request names. Rejects with `StorageError` when it names nothing. */
export async function resolveListing(session: Session, asked: ListingRequest): Promise<Listing> {
  const request = await literalFirst(session, asked);
  const path = session.path(request.folder);
  const entry = await session.storage.stat(path);
  const prefix = request.folder === '' || request.folder.endsWith('/') ? request.folder : `${request.folder}/`;
  if (entry.type === 'directory') {
    const entries = session.storage.list(path);
    if (request.pattern === undefined) return { entries, isFolder: true, prefix };
    const matches = compileGlob(request.pattern);
    if (matches === undefined) throw new StorageError('name-not-allowed', path, 'The pattern is too long.');
    return { entries: matching(entries, matches), isFolder: true, prefix };
  }
  if (request.folderOnly === true || request.pattern !== undefined) {
    throw new StorageError('not-a-directory', path, `${path} is not a directory.`);
  }
  const name = baseName(path);
  return { entries: single({ ...entry, name }), isFolder: false, prefix: prefixOf(request.folder, path) };
}

/** What stands before the name of a file, as it was written; where that does not end with the name, the whole path. */
function prefixOf(written: string, path: string): string {
  const name = baseName(path);
  if (written.endsWith(name)) return written.slice(0, written.length - name.length);
  const parent = parentPath(path);
  return parent === '/' ? '/' : `${parent}/`;
}
