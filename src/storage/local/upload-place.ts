/** The place of an upload: the open folder, the final name, the hidden names beside it, and moves between them. */

import fs, { type Stats } from 'node:fs';

import { baseName, parentPath } from '../../protocol/index.ts';
import { storageError } from '../storage-error.ts';
import { access, type HostPath, lstat, rename, unlink } from './descriptors.ts';
import type { ConfinedRoot, OpenFolder } from './confined-root.ts';
import { errnoOf, unlessMissing } from './errno.ts';
import { newUploadName, partNameOf } from './part-names.ts';
import { holdUploadName } from './uploads-in-use.ts';

/** Holds the folder open and its hidden name in use until `close`. */
export class UploadPlace {
  readonly path: string;
  readonly folder: OpenFolder;
  /** Facts of the file that will be replaced, as they were when the upload began. */
  readonly existing: Stats | undefined;
  readonly final: HostPath;
  readonly part: HostPath;
  readonly upload: HostPath;
  readonly #release: () => void;

  constructor(path: string, user: string, name: string, folder: OpenFolder, existing: Stats | undefined) {
    const uploadName = newUploadName(user, name);
    this.path = path;
    this.folder = folder;
    this.existing = existing;
    this.final = folder.child(name);
    this.part = folder.child(partNameOf(user, name));
    this.upload = folder.child(uploadName);
    this.#release = holdUploadName(uploadName).release;
  }

  /** Takes the interrupted upload of this user and name; false when there is none or another took it first. */
  async takePart(): Promise<boolean> {
    return (await unlessMissing(rename(this.part, this.upload).then(() => true))) ?? false;
  }

  /** Makes the upload the user's interrupted upload, in place of an older one. */
  leavePart(): Promise<void> {
    return rename(this.upload, this.part);
  }

  /** An older part goes in the same step: it is not what the user would resume now. */
  async putUnderFinalName(): Promise<void> {
    const [moved] = await Promise.allSettled([rename(this.upload, this.final), unlink(this.part)]);
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

/** Opens the folder of `path` and checks what stands under the name. A link is followed if it stays inside the root. */
export async function findUploadPlace(root: ConfinedRoot, path: string, user: string): Promise<UploadPlace> {
  const place = await tryPlace(root, path, path, user);
  if (typeof place !== 'string') return place;
  const behindLink = await tryPlace(root, path, place, user);
  if (typeof behindLink === 'string') throw storageError('busy', path);
  return behindLink;
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
      await folder.close();
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
