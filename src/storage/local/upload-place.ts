/** The place of an upload: the open folder, the final name, the hidden names beside it, and moves between them. */

import fs, { type Stats } from 'node:fs';

import { baseName, parentPath } from '../../protocol/index.ts';
import { storageError } from '../storage-error.ts';
import { access, type HostPath, link, lstat, openFlags, rename, unlink } from './descriptors.ts';
import type { ConfinedRoot, OpenFolder } from './confined-root.ts';
import { errnoOf, unlessMissing } from './errno.ts';
import { newUploadName, partNameOf, withSyncedBytes } from './part-names.ts';
import { holdUploadName } from './uploads-in-use.ts';

/** Holds the folder open and its hidden name in use until `close`. */
export class UploadPlace {
  readonly path: string;
  readonly folder: OpenFolder;
  /** Facts of the file that will be replaced, as they were when the upload began. */
  readonly existing: Stats | undefined;
  readonly final: HostPath;
  readonly part: HostPath;
  #uploadName: string;
  #release: () => void;

  constructor(path: string, user: string, name: string, folder: OpenFolder, existing: Stats | undefined) {
    const partName = partNameOf(user, name);
    this.path = path;
    this.folder = folder;
    this.existing = existing;
    this.final = folder.child(name);
    this.part = folder.child(partName);
    this.#uploadName = newUploadName(partName);
    this.#release = holdUploadName(this.#uploadName).release;
  }

  /** The hidden file, under the name that it has by now. */
  get upload(): HostPath {
    return this.folder.child(this.#uploadName);
  }

  /** Takes the interrupted upload of this user and name; false when there is none or another took it first. */
  async takePart(): Promise<boolean> {
    const stats = await unlessMissing(lstat(this.part));
    return stats !== undefined && (await this.#moveUpload(this.part, stats.size));
  }

  /** Notes in the name of the upload how many of its bytes are known to be on disk. */
  async noteSynced(bytes: number): Promise<void> {
    await this.#moveUpload(this.upload, bytes);
  }

  /** Gives the upload a name with this number of synced bytes; false when it does not stand where it should. */
  async #moveUpload(from: HostPath, syncedBytes: number): Promise<boolean> {
    const name = withSyncedBytes(this.#uploadName, syncedBytes);
    if (name === this.#uploadName) return from === this.upload || moveFile(from, this.upload);
    const { release } = holdUploadName(name);
    let releaseOther = release;
    try {
      if (!(await moveFile(from, this.folder.child(name)))) return false;
      releaseOther = this.#release;
      this.#uploadName = name;
      this.#release = release;
      return true;
    } finally {
      releaseOther();
    }
  }

  /** Makes the upload the user's interrupted upload, in place of an older one. */
  leavePart(): Promise<void> {
    return rename(this.upload, this.part);
  }

  /** An older part goes in the same step: it is not what the user would resume now. */
  async putUnderFinalName(mustBeNew: boolean): Promise<void> {
    const move = mustBeNew ? moveToNewName(this.upload, this.final) : rename(this.upload, this.final);
    const [moved] = await Promise.allSettled([move, unlink(this.part)]);
    if (moved.status === 'rejected') throw moved.reason;
  }

  async removeUpload(): Promise<void> {
    await unlessMissing(unlink(this.upload));
  }

  async close(): Promise<void> {
    this.#release();
    await this.folder.close();
  }
}

/** A second name is given in one step or not at all, where a rename would replace what came meanwhile. */
async function moveToNewName(from: HostPath, to: HostPath): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    // File systems without hard links: between the look and the rename another may still come.
    if (!noLinks.has(errnoOf(error) ?? '')) throw error;
    if ((await unlessMissing(lstat(to))) !== undefined) throw storageError('already-exists', '', error);
    await rename(from, to);
    return;
  }
  await unlink(from);
}

const noLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** False when nothing stands under the first name. */
async function moveFile(from: HostPath, to: HostPath): Promise<boolean> {
  return (await unlessMissing(rename(from, to).then(() => true))) ?? false;
}

/** Opens the folder of `path` and checks what stands under the name. A link is followed if it stays inside the root. */
export async function findUploadPlace(root: ConfinedRoot, path: string, user: string): Promise<UploadPlace> {
  const place = await tryPlace(root, path, path, user);
  if (typeof place !== 'string') return place;
  const behindLink = await tryPlace(root, path, place, user);
  if (typeof behindLink === 'string') throw storageError('busy', path);
  return behindLink;
}

/** A descriptor of the user's interrupted upload, for reading, wherever an upload to `path` would find it. */
export async function openInterrupted(root: ConfinedRoot, path: string, user: string): Promise<number | undefined> {
  let target = path;
  for (let links = 0; links <= 1; links += 1) {
    const name = baseName(target);
    const folder = await root.openFolder(parentPath(target));
    try {
      const final = await unlessMissing(lstat(folder.child(name)));
      if (final?.isSymbolicLink() !== true) {
        return await unlessMissing(root.descriptors.open(folder.child(partNameOf(user, name)), openFlags.readItself));
      }
      target = await root.resolveLink(path, folder.child(name));
    } finally {
      folder.release();
    }
  }
  return undefined;
}

/** Bytes of the user's interrupted upload, wherever an upload to `path` would find it; undefined if there is none. */
export async function interruptedSize(root: ConfinedRoot, path: string, user: string): Promise<number | undefined> {
  let target = path;
  for (let links = 0; links <= 1; links += 1) {
    const name = baseName(target);
    const folder = await root.openFolder(parentPath(target));
    try {
      const [part, final] = await Promise.all([
        unlessMissing(lstat(folder.child(partNameOf(user, name)))),
        unlessMissing(lstat(folder.child(name))),
      ]);
      if (final?.isSymbolicLink() !== true) return part?.size;
      target = await root.resolveLink(path, folder.child(name));
    } finally {
      folder.release();
    }
  }
  return undefined;
}

/** The place at `target`, or the virtual path that a link there leads to; `path` is what was asked for. */
async function tryPlace(root: ConfinedRoot, path: string, target: string, user: string): Promise<UploadPlace | string> {
  const name = baseName(target);
  const folder = await root.openFolder(parentPath(target), 'folder');
  try {
    const own = folder.child(name);
    const existing = await unlessMissing(lstat(own));
    if (existing?.isSymbolicLink() === true) {
      const behind = await root.resolveLink(path, own);
      await folder.close();
      return behind;
    }
    if (existing !== undefined) await checkReplaceable(path, own, existing);
    return new UploadPlace(path, user, name, folder, existing);
  } catch (error) {
    await folder.close();
    throw error;
  }
}

/** A file that this process may not write is not replaced either, although its folder would allow that. */
async function checkReplaceable(path: string, own: HostPath, existing: Stats): Promise<void> {
  if (existing.isDirectory()) throw storageError('is-a-directory', path);
  if (!existing.isFile()) throw storageError('permission-denied', path);
  try {
    await access(own, fs.constants.W_OK);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
