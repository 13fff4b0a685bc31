/** Adds up the bytes and names of a tree, hidden files included in the bytes. */

import { StorageError, type StorageErrorKind } from '../../errors/index.ts';
import { baseName, parentPath } from '../../protocol/index.ts';
import { isHiddenName } from '../path-names.ts';
import type { StorageUsage } from '../storage-backend.ts';
import { storageError } from '../storage-error.ts';
import type { ConfinedRoot, OpenFolder } from './confined-root.ts';
import { lstat } from './descriptors.ts';
import { fromErrno, unlessMissing } from './errno.ts';
import { FolderNames } from './folder-names.ts';

const outOfReach: readonly StorageErrorKind[] = ['not-found', 'not-a-directory', 'permission-denied'];

/** Names whose facts are asked for at once. */
const groupSize = 64;

interface Sum {
  bytes: number;
  files: number;
}

/** `stopped` is asked between folders. One folder is open at a time. */
export async function measureUsage(root: ConfinedRoot, path: string, stopped: () => boolean): Promise<StorageUsage> {
  const sum: Sum = { bytes: 0, files: 0 };
  const own = path === '/' ? undefined : await statsOf(root, path);
  if (own !== undefined && !own.isDirectory()) return { bytes: own.isFile() ? own.size : 0, files: 1 };
  const waiting = [path];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    if (stopped()) throw storageError('aborted', path);
    await addFolder(root, folder, sum, waiting).catch((error: unknown) => {
      const mapped = fromErrno(error, path);
      const isGone = mapped instanceof StorageError && outOfReach.includes(mapped.kind);
      if (!isGone || folder === path) throw error;
    });
  }
  return sum;
}

/** Of the entry itself: a link is not followed. */
async function statsOf(root: ConfinedRoot, path: string) {
  const folder = await root.openFolder(parentPath(path));
  try {
    return await lstat(folder.child(baseName(path)));
  } finally {
    await folder.close();
  }
}

async function addFolder(root: ConfinedRoot, path: string, sum: Sum, waiting: string[]): Promise<void> {
  const folder = await root.openFolder(path, 'folder');
  try {
    const names = await FolderNames.open(folder, root.descriptors);
    try {
      for (let group = await nextGroup(names); group.length > 0; group = await nextGroup(names)) {
        await Promise.all(group.map((name) => addEntry(folder, path, name, sum, waiting)));
      }
    } finally {
      await names.close();
    }
  } finally {
    await folder.close();
  }
}

async function nextGroup(names: FolderNames): Promise<readonly string[]> {
  const group: string[] = [];
  while (group.length < groupSize) {
    const next = await names.next();
    if (next === undefined) break;
    group.push(next.name);
  }
  return group;
}

async function addEntry(folder: OpenFolder, path: string, name: string, sum: Sum, waiting: string[]): Promise<void> {
  const stats = await unlessMissing(lstat(folder.child(name)));
  if (stats === undefined) return;
  if (stats.isFile()) sum.bytes += stats.size;
  if (isHiddenName(name)) return;
  sum.files += 1;
  if (stats.isDirectory()) waiting.push(path === '/' ? `/${name}` : `${path}/${name}`);
}
