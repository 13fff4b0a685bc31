/** Facts of files and folders from what the operating system says of them. */

import { constants, type Dirent, type Stats } from 'node:fs';

import type { Entry, EntryType } from '../../protocol/index.ts';

/** What an entry is made of, of all that the operating system says. */
export type EntryStats = Pick<Stats, 'dev' | 'ino' | 'mode' | 'size' | 'mtimeMs'>;

/** The entry `name` with the facts of `stats`. The owner's name stays untold: it would describe the host. */
export function entryOf(name: string, stats: EntryStats): Entry {
  const type = typeOfMode(stats.mode);
  const facts = { name, type, modifiedMs: Math.floor(stats.mtimeMs), mode: stats.mode & 0o7777 };
  // Numbers of files above 2^53 are rounded by Node and would make two files look like one.
  const unique = Number.isSafeInteger(stats.ino)
    ? { unique: `${stats.dev.toString(16)}g${stats.ino.toString(16)}` }
    : {};
  return type === 'file' ? { ...facts, ...unique, size: stats.size } : { ...facts, ...unique };
}

/** `mode` as the operating system has it, with the bits of the type. */
export function typeOfMode(mode: number): EntryType {
  switch (mode & constants.S_IFMT) {
    case constants.S_IFREG:
      return 'file';
    case constants.S_IFDIR:
      return 'directory';
    case constants.S_IFLNK:
      return 'symlink';
    default:
      return 'other';
  }
}

export function typeOfName(entry: Dirent): EntryType {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'symlink' : 'other';
}
