/** An upload in progress on disk and its three ends. */

import type { Durability, WriteHandle } from '../storage-backend.ts';
import { storageError } from '../storage-error.ts';
import type { BegunUpload } from './begin-upload.ts';
import { syncFolder } from './sync-folder.ts';
import { changeMode, type Descriptors, syncData, writeAt } from './descriptors.ts';
import { errnoOf, mapErrno } from './errno.ts';
import type { UploadPlace } from './upload-place.ts';
import { WriteBack } from './write-back.ts';

/** The most buffers that one call of the operating system takes (IOV_MAX). */
const maxChunksPerCall = 1_024;

export class LocalWriteHandle implements WriteHandle {
  readonly startOffset: number;
  readonly #place: UploadPlace;
  readonly #fd: number;
  readonly #durability: Durability;
  readonly #descriptors: Descriptors;
  readonly #mustBeNew: boolean;
  readonly #onEnd: (handle: LocalWriteHandle) => void;
  readonly #writeBack: WriteBack | undefined;
  #length: number;
  /** False once the device has lost bytes that were already taken. */
  #isTrusted = true;
  #isComplete = true;
  #writing: Promise<void> = Promise.resolve();
  #ending: Promise<void> | undefined;

  constructor(
    upload: BegunUpload,
    durability: Durability,
    descriptors: Descriptors,
    onEnd: (handle: LocalWriteHandle) => void,
  ) {
    this.startOffset = upload.startOffset;
    this.#length = upload.startOffset;
    this.#place = upload.place;
    this.#fd = upload.fd;
    this.#durability = durability;
    this.#writeBack =
      durability === 'fsync'
        ? new WriteBack(upload.fd, upload.startOffset, (length) => upload.place.noteSynced(length))
        : undefined;
    this.#descriptors = descriptors;
    this.#mustBeNew = upload.mustBeNew;
    this.#onEnd = onEnd;
  }

  write(chunks: readonly Buffer[]): Promise<void> {
    if (this.#ending !== undefined) return Promise.reject(storageError('aborted', this.#place.path));
    const writing = mapErrno(this.#place.path, () => this.#writeAll(chunks));
    this.#writing = writing.catch(() => undefined);
    return writing;
  }

  commit(isWanted: () => boolean = () => true): Promise<void> {
    return this.#endOnce(() => this.#commit(isWanted));
  }

  keep(): Promise<void> {
    return this.#endOnce(() => this.#keep());
  }

  discard(): Promise<void> {
    return this.#endOnce(() => this.#place.removeUpload());
  }

  /** The first end counts; those behind it wait for it and resolve whatever came of it. */
  #endOnce(end: () => Promise<void>): Promise<void> {
    if (this.#ending !== undefined) return this.#ending.catch(() => undefined);
    this.#ending = mapErrno(this.#place.path, async () => {
      await this.#writing;
      // No step may note its bytes in a name that is given up below; its failure is asked for where it matters.
      await this.#writeBack?.finish().catch(() => undefined);
      try {
        await end();
      } finally {
        await Promise.all([this.#descriptors.close(this.#fd), this.#place.close()]);
        this.#onEnd(this);
      }
    });
    return this.#ending;
  }

  async #commit(isWanted: () => boolean): Promise<void> {
    try {
      if (!this.#isComplete) throw storageError('io', this.#place.path);
      await this.#takeModeOfReplaced();
      await this.#syncFile();
      if (!isWanted()) throw storageError('aborted', this.#place.path);
      await this.#place.putUnderFinalName(this.#mustBeNew);
    } catch (error) {
      await this.#keep();
      throw error;
    }
    if (this.#durability === 'fsync') await syncFolder(this.#place.folder.fd);
  }

  /** As far as the file system has modes; the upload was never open to more readers than the file that it replaces. */
  async #takeModeOfReplaced(): Promise<void> {
    const { existing } = this.#place;
    if (existing !== undefined) await changeMode(this.#fd, existing.mode & 0o777).catch(() => undefined);
  }

  async #keep(): Promise<void> {
    try {
      if (this.#length > 0 && this.#isTrusted) await this.#syncFile();
    } catch {
      this.#isTrusted = false;
    }
    if (this.#length > 0 && this.#isTrusted) await this.#place.leavePart();
    else await this.#place.removeUpload();
  }

  /** After a failed sync nobody knows which bytes are on disk, and a second one would report success. */
  async #syncFile(): Promise<void> {
    if (this.#durability !== 'fsync') return;
    try {
      await this.#writeBack?.finish();
      await syncData(this.#fd);
    } catch (error) {
      this.#isTrusted = false;
      throw error;
    }
  }

  async #writeAll(chunks: readonly Buffer[]): Promise<void> {
    let rest = chunks;
    while (rest.length > 0) {
      const batch = rest.length > maxChunksPerCall ? rest.slice(0, maxChunksPerCall) : rest;
      try {
        const count = await writeAt(this.#fd, batch, this.#length);
        this.#length += count;
        this.#writeBack?.advance(this.#length);
        rest = dropBytes(rest, count);
      } catch (error) {
        this.#isComplete = false;
        if (errnoOf(error) === 'EIO') this.#isTrusted = false;
        throw error;
      }
    }
  }
}

/** The chunks behind the first `count` bytes. */
function dropBytes(chunks: readonly Buffer[], count: number): readonly Buffer[] {
  let left = count;
  for (const [index, chunk] of chunks.entries()) {
    if (left < chunk.length) return [chunk.subarray(left), ...chunks.slice(index + 1)];
    left -= chunk.length;
  }
  return [];
}
