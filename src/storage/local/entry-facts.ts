/** Facts of files and folders from what the operating system says of them. */

import type { Dirent, Stats } from 'node:fs';

import type { Entry, EntryType } from '../../protocol/index.ts';

/** The entry `name` with the facts of `stats`. The owner's name stays untold: it would describe the host. */
export function entryOf(name: string, stats: Stats): Entry {
  const type = typeOf(stats);
  const facts = { name, type, modifiedMs: Math.floor(stats.mtimeMs), mode: stats.mode & 0o7777 };
  // Numbers of files above 2^53 are rounded by Node and would make two files look like one.
  const unique = Number.isSafeInteger(stats.ino)
    ? { unique: `${stats.dev.toString(16)}g${stats.ino.toString(16)}` }
    : {};
  return type === 'file' ? { ...facts, ...unique, size: stats.size } : { ...facts, ...unique };
}

export function typeOf(stats: Stats | Dirent): EntryType {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  return stats.isSymbolicLink() ? 'symlink' : 'other';
}
