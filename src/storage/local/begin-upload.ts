/** Opens the hidden file of an upload, with the bytes in it that the upload continues. */

import { storageError } from '../storage-error.ts';
import type { StorageUser, WriteMode } from '../storage-backend.ts';
import { cloneFile, fstat, openFlags, readAt, toHostPath, truncate, writeAt } from './descriptors.ts';
import type { ConfinedRoot } from './confined-root.ts';
import { findUploadPlace, type UploadPlace } from './upload-place.ts';

/** An upload that is ready for its first write. */
export interface BegunUpload {
  readonly place: UploadPlace;
  /** Its commit replaces nothing. */
  readonly mustBeNew: boolean;
  readonly fd: number;
  readonly startOffset: number;
}

type Begun = Omit<BegunUpload, 'mustBeNew'>;

/** Permission bits of new files, less those of the process's umask. */
const newFileMode = 0o644;
const copyStepBytes = 1_048_576;

/** `stopped` is asked between the steps of a long copy. */
export async function beginUpload(
  root: ConfinedRoot,
  path: string,
  user: StorageUser,
  mode: WriteMode,
  stopped: () => boolean,
): Promise<BegunUpload> {
  const place = await findUploadPlace(root, path, user.name);
  const mustBeNew = mode.mustBeNew === true;
  try {
    if (mustBeNew && place.existing !== undefined) throw storageError('already-exists', path);
    return { ...(await openUpload(root, place, mode, stopped)), mustBeNew };
  } catch (error) {
    await place.close();
    throw error;
  }
}

async function openUpload(
  root: ConfinedRoot,
  place: UploadPlace,
  mode: WriteMode,
  stopped: () => boolean,
): Promise<Begun> {
  if (mode.kind === 'replace') return { place, fd: await createUpload(root, place), startOffset: 0 };
  const offset = mode.kind === 'resume' ? mode.offset : undefined;
  const isOffset = offset === undefined || (Number.isSafeInteger(offset) && offset >= 0);
  if (!isOffset) throw storageError('bad-offset', place.path);
  if (await place.takePart()) return continuePart(root, place, offset);
  return continueFile(root, place, offset, stopped);
}

function createUpload(root: ConfinedRoot, place: UploadPlace): Promise<number> {
  const mode = place.existing === undefined ? newFileMode : (place.existing.mode & 0o666) | 0o600;
  return root.descriptors.open(place.upload, openFlags.create, mode);
}

/** Without an offset the upload goes on behind the last byte. */
async function continuePart(root: ConfinedRoot, place: UploadPlace, offset: number | undefined): Promise<Begun> {
  let fd: number | undefined;
  try {
    fd = await root.descriptors.open(place.upload, openFlags.writeItself);
    const { size } = await fstat(fd);
    const startOffset = offset ?? size;
    if (startOffset > size) throw storageError('bad-offset', place.path);
    // Before anything is written behind it: what a part holds is synced, what follows is not.
    await place.noteSynced(startOffset);
    if (startOffset < size) await truncate(fd, startOffset);
    return { place, fd, startOffset };
  } catch (error) {
    await place.leavePart();
    if (fd !== undefined) await root.descriptors.close(fd);
    throw error;
  }
}

async function continueFile(
  root: ConfinedRoot,
  place: UploadPlace,
  offset: number | undefined,
  stopped: () => boolean,
): Promise<Begun> {
  if (place.existing === undefined) {
    if (offset !== undefined && offset > 0) throw storageError('bad-offset', place.path);
    return { place, fd: await createUpload(root, place), startOffset: 0 };
  }
  const source = await root.descriptors.open(place.final, openFlags.readItself);
  try {
    const { size } = await fstat(source);
    const startOffset = offset ?? size;
    if (startOffset > size) throw storageError('bad-offset', place.path);
    return { place, fd: await copyHead(root, place, source, startOffset, stopped), startOffset };
  } finally {
    await root.descriptors.close(source);
  }
}

/** Copies the first `length` bytes of `source` into a new upload file: shared blocks where possible, else step by step. */
async function copyHead(
  root: ConfinedRoot,
  place: UploadPlace,
  source: number,
  length: number,
  stopped: () => boolean,
): Promise<number> {
  if (length > 0 && root.pathCheck === 'descriptor' && (await isCloned(place, source))) {
    const fd = await root.descriptors.open(place.upload, openFlags.writeItself);
    return removeOnFailure(root, place, fd, () => truncate(fd, length));
  }
  const fd = await createUpload(root, place);
  return removeOnFailure(root, place, fd, () => copyBytes(place.path, source, fd, length, stopped));
}

async function isCloned(place: UploadPlace, source: number): Promise<boolean> {
  try {
    await cloneFile(toHostPath(`/proc/self/fd/${source}`), place.upload);
    return true;
  } catch {
    return false;
  }
}

async function copyBytes(
  path: string,
  source: number,
  target: number,
  length: number,
  stopped: () => boolean,
): Promise<void> {
  const buffer = Buffer.allocUnsafe(Math.min(copyStepBytes, length));
  for (let position = 0; position < length;) {
    if (stopped()) throw storageError('aborted', path);
    const wanted = buffer.subarray(0, Math.min(buffer.length, length - position));
    const count = await readAt(source, wanted, position);
    if (count === 0) throw storageError('bad-offset', path);
    for (let written = 0; written < count;) {
      written += await writeAt(target, [wanted.subarray(written, count)], position + written);
    }
    position += count;
  }
}

async function removeOnFailure(
  root: ConfinedRoot,
  place: UploadPlace,
  fd: number,
  fill: () => Promise<void>,
): Promise<number> {
  try {
    await fill();
    return fd;
  } catch (error) {
    await root.descriptors.close(fd);
    await place.removeUpload();
    throw error;
  }
}
