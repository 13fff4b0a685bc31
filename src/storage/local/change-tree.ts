/** Makes, removes and renames entries: each acts on the open folder that holds the name, so that no link is followed. */

import type { Stats } from 'node:fs';

import { baseName, parentPath } from '../../protocol/index.ts';
import { isHiddenName } from '../path-names.ts';
import type { Durability } from '../storage-backend.ts';
import { storageError } from '../storage-error.ts';
import type { ConfinedRoot, OpenFolder } from './confined-root.ts';
import { type HostPath, lstat, makeFolder, makeSymbolicLink, removeFolder, rename, unlink } from './descriptors.ts';
import { errnoOf, unlessMissing } from './errno.ts';
import { FolderNames } from './folder-names.ts';
import { parseHiddenName } from './part-names.ts';
import { syncFolder } from './sync-folder.ts';
import { isUploadDead } from './uploads-in-use.ts';

/** Permission bits of new folders, less those of the process's umask. */
const newFolderMode = 0o755;

/** Durable when it resolves, if `durability` says so: an upload into the new folder would be lost with it. */
export async function makeDirectory(root: ConfinedRoot, path: string, durability: Durability): Promise<void> {
  const folder = await openParent(root, path, durability);
  try {
    await makeFolder(folder.child(baseName(path)), newFolderMode);
    if (durability === 'fsync') await syncFolder(folder.fd);
  } finally {
    await folder.close();
  }
}

/**
 * The link holds the whole real path of its target: one that counts upwards would lead elsewhere once it is moved, past
 * the home of its maker. What it leads to is checked again at each use, as for every link.
 */
export async function makeLink(
  root: ConfinedRoot,
  path: string,
  target: string,
  durability: Durability,
): Promise<void> {
  const real = await root.realHostPath(target);
  const folder = await openParent(root, path, durability);
  try {
    await makeSymbolicLink(real, folder.child(baseName(path)));
    if (durability === 'fsync') await syncFolder(folder.fd);
  } finally {
    await folder.close();
  }
}

/** Resolves with the bytes of the file; a link has none. */
export async function removeFile(root: ConfinedRoot, path: string): Promise<number> {
  const folder = await root.openFolder(parentPath(path));
  try {
    const own = folder.child(baseName(path));
    const stats = await checkIfLink(root, path, own);
    if (stats.isDirectory()) throw storageError('is-a-directory', path);
    await unlink(own);
    return bytesOf(stats);
  } finally {
    await folder.close();
  }
}

export async function removeDirectory(root: ConfinedRoot, path: string): Promise<void> {
  const folder = await root.openFolder(parentPath(path));
  try {
    const name = baseName(path);
    try {
      await removeFolder(folder.child(name));
    } catch (error) {
      if (errnoOf(error) === 'ENOTDIR') await checkIfLink(root, path, folder.child(name));
      if (!['ENOTEMPTY', 'EEXIST'].includes(errnoOf(error) ?? '')) throw error;
      await removeHiddenFiles(root, path, folder, name);
      await removeFolder(folder.child(name));
    }
  } finally {
    await folder.close();
  }
}

/** Durable when it resolves, if `durability` says so: clients upload under one name and move to another. */
export async function renameEntry(
  root: ConfinedRoot,
  from: string,
  to: string,
  durability: Durability,
): Promise<number | undefined> {
  const source = await openParent(root, from, durability);
  try {
    const own = source.child(baseName(from));
    const stats = await checkIfLink(root, from, own);
    const target = parentPath(to) === parentPath(from) ? undefined : await openParent(root, to, durability);
    try {
      const goal = (target ?? source).child(baseName(to));
      const existing = await unlessMissing(lstat(goal));
      if (existing !== undefined && isSame(stats, existing) && from === to) return undefined;
      await checkGoal(root, to, goal, stats, existing);
      await rename(own, goal);
      if (durability === 'fsync') await syncFolders(source, target);
      return existing === undefined ? undefined : bytesOf(existing);
    } finally {
      await target?.close();
    }
  } finally {
    await source.close();
  }
}

/** The new name first: between the two, the entry may have both names after a crash, but not none. */
async function syncFolders(source: OpenFolder, target: OpenFolder | undefined): Promise<void> {
  if (target !== undefined) await syncFolder(target.fd);
  await syncFolder(source.fd);
}

function openParent(root: ConfinedRoot, path: string, durability: Durability): Promise<OpenFolder> {
  return root.openFolder(parentPath(path), durability === 'fsync' ? 'folder' : 'place');
}

/** The facts of the entry itself. A link out of the root, or to nowhere, is not there for anybody: `not-found`. */
async function checkIfLink(root: ConfinedRoot, path: string, own: HostPath): Promise<Stats> {
  const stats = await lstat(own);
  if (stats.isSymbolicLink()) await root.findBehindLink(path, own, () => undefined);
  return stats;
}

async function checkGoal(
  root: ConfinedRoot,
  path: string,
  goal: HostPath,
  moved: Stats,
  existing: Stats | undefined,
): Promise<void> {
  if (existing === undefined) return;
  if (existing.isDirectory()) throw storageError(moved.isDirectory() ? 'already-exists' : 'is-a-directory', path);
  if (moved.isDirectory()) throw storageError('not-a-directory', path);
  if (existing.isSymbolicLink()) await checkIfLink(root, path, goal);
}

function bytesOf(stats: Stats): number {
  return stats.isFile() ? stats.size : 0;
}

function isSame(one: Stats, other: Stats): boolean {
  return one.ino === other.ino && one.dev === other.dev;
}

/** Removes the interrupted uploads of a folder in which nothing else is. */
async function removeHiddenFiles(root: ConfinedRoot, path: string, parent: OpenFolder, name: string): Promise<void> {
  const folder = await root.openSubfolder(parent, name);
  try {
    for (const hidden of await hiddenNames(root, path, folder)) await unlessMissing(unlink(folder.child(hidden)));
  } finally {
    await folder.close();
  }
}

async function hiddenNames(root: ConfinedRoot, path: string, folder: OpenFolder): Promise<readonly string[]> {
  const hidden: string[] = [];
  const names = await FolderNames.open(folder, root.descriptors);
  try {
    for (let next = await names.next(); next !== undefined; next = await names.next()) {
      const file = isHiddenName(next.name) ? parseHiddenName(next.name) : undefined;
      if (file === undefined || file.kind === 'unknown') throw storageError('not-empty', path);
      if (file.kind === 'upload' && !isUploadDead(next.name, file.process)) throw storageError('busy', path);
      hidden.push(next.name);
    }
  } finally {
    await names.close();
  }
  return hidden;
}
