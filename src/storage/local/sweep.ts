/** Walks the whole root, makes uploads that a crash cut off resumable, and removes what is too old to be resumed. */

import { StorageError, type StorageErrorKind } from '../../errors/index.ts';
import type { SweepReport } from '../storage-backend.ts';
import { storageError } from '../storage-error.ts';
import type { ConfinedRoot, OpenFolder } from './confined-root.ts';
import { lstat, rename, unlink } from './descriptors.ts';
import { fromErrno, unlessMissing } from './errno.ts';
import { type FolderName, FolderNames } from './folder-names.ts';
import { isHiddenName } from '../path-names.ts';
import { newUploadName, parseHiddenName, withSyncedBytes } from './part-names.ts';
import { type DeadUpload, rescueUpload } from './rescue.ts';
import { holdUploadName, isUploadDead } from './uploads-in-use.ts';

const outOfReach: readonly StorageErrorKind[] = ['not-found', 'not-a-directory', 'permission-denied'];

/** One walk; one folder is open at a time, so that a tree of any depth costs two descriptors. */
export class Sweep {
  readonly #root: ConfinedRoot;
  readonly #oldestMs: number;
  readonly #stopped: () => boolean;
  readonly #report = { kept: 0, removed: 0, bytesRemoved: 0 };

  constructor(root: ConfinedRoot, maxAgeMs: number, stopped: () => boolean) {
    this.#root = root;
    this.#oldestMs = Date.now() - maxAgeMs;
    this.#stopped = stopped;
  }

  async run(): Promise<SweepReport> {
    const waiting = ['/'];
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (this.#stopped()) throw storageError('aborted', path);
      await this.#sweepPath(path, waiting);
    }
    return this.#report;
  }

  /** Folders that vanish, move or are closed to this process while the walk is under way are left alone. */
  async #sweepPath(path: string, waiting: string[]): Promise<void> {
    let folder: OpenFolder | undefined;
    try {
      folder = await this.#root.openFolder(path, 'folder');
      const parts = await this.#readFolder(path, folder, waiting);
      for (const name of parts) await this.#sweepPart(folder, name);
    } catch (error) {
      const mapped = fromErrno(error, path);
      const isOutOfReach = mapped instanceof StorageError && outOfReach.includes(mapped.kind);
      if (!isOutOfReach) throw error;
    } finally {
      await folder?.close();
    }
  }

  /** Notes the folders for later, rescues dead uploads, and resolves with the names of the parts. */
  async #readFolder(path: string, folder: OpenFolder, waiting: string[]): Promise<ReadonlySet<string>> {
    const parts = new Set<string>();
    const dead: DeadUpload[] = [];
    const names = await FolderNames.open(folder, this.#root.descriptors);
    try {
      for (let next = await names.next(); next !== undefined; next = await names.next()) {
        const { name } = next;
        if (isHiddenName(name)) {
          const hidden = parseHiddenName(name);
          if (hidden.kind === 'part') parts.add(name);
          if (hidden.kind === 'upload' && isUploadDead(name, hidden.process)) dead.push({ name, ...hidden });
        } else if (await isFolder(folder, next)) {
          waiting.push(path === '/' ? `/${name}` : `${path}/${name}`);
        }
      }
    } finally {
      await names.close();
    }
    for (const upload of dead) {
      if (await this.#rescue(folder, upload)) parts.add(upload.partName);
    }
    return parts;
  }

  async #rescue(folder: OpenFolder, dead: DeadUpload): Promise<boolean> {
    const outcome = await rescueUpload(this.#root, folder, dead);
    if (outcome.kind === 'removed') this.#countRemoved(outcome.bytes);
    return outcome.kind === 'rescued';
  }

  async #sweepPart(folder: OpenFolder, name: string): Promise<void> {
    const part = folder.child(name);
    const stats = await unlessMissing(lstat(part));
    if (stats === undefined) return;
    if (stats.mtimeMs >= this.#oldestMs) this.#report.kept += 1;
    else await this.#removePart(folder, name, stats.size);
  }

  /** Takes the part away first, as a resume does: what is removed cannot be one that was left in its place just now. */
  async #removePart(folder: OpenFolder, name: string, size: number): Promise<void> {
    const takenName = withSyncedBytes(newUploadName(name), size);
    const [part, taken] = [folder.child(name), folder.child(takenName)];
    const hold = holdUploadName(takenName);
    try {
      await rename(part, taken);
      const stats = await lstat(taken);
      if (stats.mtimeMs >= this.#oldestMs) {
        await rename(taken, part);
        this.#report.kept += 1;
      } else {
        await unlink(taken);
        this.#countRemoved(stats.size);
      }
    } finally {
      hold.release();
    }
  }

  #countRemoved(bytes: number): void {
    this.#report.removed += 1;
    this.#report.bytesRemoved += bytes;
  }
}

async function isFolder(folder: OpenFolder, { name, type }: FolderName): Promise<boolean> {
  if (type !== 'other') return type === 'directory';
  const stats = await unlessMissing(lstat(folder.child(name)));
  return stats?.isDirectory() === true;
}
