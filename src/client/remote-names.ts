/** Names that a server lists are untrusted: which of them a path may be made of, and how. */

import { UnsafeNameError } from '../errors/index.ts';
import { printable } from '../protocol/index.ts';
import type { ListedEntry } from './operations/list.ts';

/** Why no path on the server may be made of a listed name, in words; undefined for a name that is one. */
export function remoteNameProblem(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (name === '.' || name === '..') return 'it stands for another folder';
  if (name.includes('/')) return 'it holds a slash';
  const isCutShort = ['\0', '\r', '\n'].some((end) => name.includes(end));
  return isCutShort ? 'it holds a line end or NUL' : undefined;
}

/** The error for an entry of `directory` that cannot be used; undefined for one that can. */
export function entryProblem(directory: string, entry: ListedEntry): UnsafeNameError | undefined {
  const problem = entry.raw === undefined ? remoteNameProblem(entry.name) : 'the line was not understood';
  if (problem === undefined) return undefined;
  const where = directory === '' ? 'the working directory' : `"${printable(directory)}"`;
  const message = `The server lists "${printable(entry.name)}" in ${where}, of which no path is made: ${problem}.`;
  return new UnsafeNameError(message, { directory, entryName: entry.name });
}

/** The path of a name in a folder; the empty folder is the working directory. */
export function joinRemote(directory: string, name: string): string {
  if (directory === '') return name;
  return directory.endsWith('/') ? `${directory}${name}` : `${directory}/${name}`;
}

/** The folder that a path lies in; undefined where the path does not say: a single name, or the root. */
export function remoteParent(path: string): string | undefined {
  const bare = path.replace(/\/+$/, '');
  const slash = bare.lastIndexOf('/');
  if (slash === -1) return undefined;
  return slash === 0 ? '/' : bare.slice(0, slash);
}
