/** What both sides of a mirror have in common: folders that can be read and changed, by paths below their top. */

import type { EntryType } from '../../protocol/index.ts';
import type { Client } from '../client.ts';
import type { FileFacts } from './compare.ts';

/** No tree of people is deeper; a server that shows a link as a folder can make one that has no end. */
export const maxTreeDepth = 100;

/** An entry of a folder on either side. */
export interface TreeEntry extends FileFacts {
  /** Path text, never a path. */
  readonly name: string;
  readonly type: EntryType;
}

export interface TreeListing {
  readonly entries: readonly TreeEntry[];
  /**
   * True when what is not here is not there. LIST shows no hidden files, and many servers answer it with an empty listing for
   * a folder that they may not read.
   */
  readonly isExact: boolean;
  /** Lines that were not understood, of which the names are not known. */
  readonly unknownLines: readonly string[];
}

/** One side. `client` is the session to work with; the local side needs none. */
export interface Tree {
  readonly side: 'local' | 'remote';
  /** The path as messages show it. */
  show(path: string): string;
  /** Rejects when the folder cannot be read to its end. */
  list(path: string, client: Client, signal: AbortSignal): Promise<TreeListing>;
  /** Makes the folder, whose parent is there. */
  makeFolder(path: string, client: Client, signal: AbortSignal): Promise<void>;
  /** Removes a file or a link, never what a link leads to. */
  removeFile(path: string, client: Client, signal: AbortSignal): Promise<void>;
  /** Removes an empty folder. */
  removeFolder(path: string, client: Client, signal: AbortSignal): Promise<void>;
}

/** `name` in the folder `path`; the top is the empty path. */
export function childPath(path: string, name: string): string {
  return path === '' ? name : `${path}/${name}`;
}

/** The folder of a path and the name in it. */
export function splitPath(path: string): readonly [folder: string, name: string] {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? ['', path] : [path.slice(0, slash), path.slice(slash + 1)];
}
