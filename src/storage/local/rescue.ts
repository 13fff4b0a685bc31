/** Makes an upload that a dead process left the interrupted upload of its user, as far as its bytes can be trusted. */

import type { Stats } from 'node:fs';

import type { ConfinedRoot, OpenFolder } from './confined-root.ts';
import { type HostPath, lstat, openFlags, rename, setTimes, syncData, truncate, unlink } from './descriptors.ts';
import { unlessMissing } from './errno.ts';
import { isOfThisBoot } from './process-identity.ts';

/** What the name of a hidden file tells of an upload that nobody writes to any more. */
export interface DeadUpload {
  readonly name: string;
  readonly process: string;
  readonly partName: string;
  readonly syncedBytes: number;
}

export type RescueOutcome =
  /** It is the user's interrupted upload now. */
  | { readonly kind: 'rescued' }
  /** Nothing of it could be trusted, or there is a newer one. */
  | { readonly kind: 'removed'; readonly bytes: number }
  /** Somebody else has seen to it. */
  | { readonly kind: 'gone' };

export async function rescueUpload(
  root: ConfinedRoot,
  folder: OpenFolder,
  { name, process, partName, syncedBytes }: DeadUpload,
): Promise<RescueOutcome> {
  const [dead, part] = [folder.child(name), folder.child(partName)];
  const [stats, older] = await Promise.all([unlessMissing(lstat(dead)), unlessMissing(lstat(part))]);
  if (stats === undefined) return { kind: 'gone' };
  if (stats.nlink > 1) {
    // It has its final name already: what goes on behind it would go on in that file.
    await unlessMissing(unlink(dead));
    return { kind: 'gone' };
  }
  // What a process has written outlives the process in the kernel's memory, but not the machine's restart.
  const trusted = isOfThisBoot(process) ? stats.size : Math.min(stats.size, syncedBytes);
  const isNewest = older === undefined || older.mtimeMs <= stats.mtimeMs;
  if (trusted > 0 && isNewest && (await makeTrustworthy(root, dead, stats, trusted))) {
    await unlessMissing(rename(dead, part));
    return { kind: 'rescued' };
  }
  await unlessMissing(unlink(dead));
  return { kind: 'removed', bytes: stats.size };
}

/** Cuts off what cannot be trusted and syncs the rest: an interrupted upload is synced as a whole. False when it fails. */
async function makeTrustworthy(root: ConfinedRoot, dead: HostPath, stats: Stats, trusted: number): Promise<boolean> {
  const { descriptors } = root;
  let fd: number | undefined;
  try {
    fd = await descriptors.open(dead, openFlags.writeItself);
    if (trusted < stats.size) await truncate(fd, trusted);
    await syncData(fd);
    // Its age counts from its last byte.
    if (trusted < stats.size) await setTimes(dead, stats.atime, stats.mtime);
    return true;
  } catch {
    return false;
  } finally {
    if (fd !== undefined) await descriptors.close(fd);
  }
}
