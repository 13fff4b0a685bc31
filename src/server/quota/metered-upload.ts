/** An upload whose bytes count as they are written, and which ends at the moment when there is no room for more. */

import { explainedStorageError, type StorageBackend, type StorageUser, type WriteHandle } from '../../storage/index.ts';
import { countClaimed } from './count-claimed.ts';
import type { Ledger } from './usage-ledger.ts';
import { type LedgerBook, runInside } from './usage-book.ts';

/** Room that one user has; undefined is no bound. */
export interface Quota {
  readonly ledger: Ledger;
  readonly bytes: number | undefined;
  readonly files: number | undefined;
}

export interface MeteredUploadOptions {
  readonly inner: StorageBackend;
  readonly book: LedgerBook;
  readonly ledgers: readonly Ledger[];
  /** Path in `inner`, and in the main storage. */
  readonly path: string;
  readonly mainPath: string;
  readonly user: StorageUser;
  readonly quota: Quota | undefined;
  /** Bytes that will be free when the upload is complete: of the file that it replaces, and of an older part. */
  readonly replacedBytes: number;
  /** Names that are not there yet and count already. */
  readonly reservedFiles: number;
}

export class MeteredUpload implements WriteHandle {
  readonly startOffset: number;
  readonly #handle: WriteHandle;
  readonly #options: MeteredUploadOptions;
  /** Bytes of the upload that are counted. */
  #bytes: number;
  #isOver = false;
  #ending: Promise<void> | undefined;

  constructor(handle: WriteHandle, options: MeteredUploadOptions) {
    this.#handle = handle;
    this.#options = options;
    this.startOffset = handle.startOffset;
    this.#bytes = handle.startOffset;
  }

  /** Counts at the end, when the reserved name is there, or will not come. */
  async #countEnd(bytes: number, files = 0): Promise<void> {
    for (const ledger of this.#options.ledgers) {
      await ledger.change(bytes, files);
      await ledger.reserve(-this.#options.reservedFiles);
    }
  }

  write(chunks: readonly Buffer[]): Promise<void> {
    const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    return runInside(this.#options.ledgers, async () => {
      const { ledgers, quota, replacedBytes, path } = this.#options;
      const bounds = { ledger: quota?.ledger, maxBytes: quota?.bytes, freedBytes: replacedBytes };
      // Counted before it is written, so that parallel uploads cannot both take the last of the room.
      this.#bytes += length;
      if ((await countClaimed(ledgers, { bytes: length }, bounds)) !== 'counted') {
        this.#bytes -= length;
        this.#isOver = true;
        throw quotaExceeded(path, quota?.bytes ?? 0);
      }
      await this.#handle.write(chunks);
    });
  }

  commit(isWanted?: () => boolean): Promise<void> {
    return this.#end(async () => {
      const replaced = await this.#sizeOfFile();
      const older = await this.#partSize();
      try {
        await this.#handle.commit(isWanted);
      } catch (error) {
        await this.#countEnd((await this.#partSize()) - this.#bytes - older);
        throw error;
      }
      await this.#countEnd(-(replaced ?? 0) - older, replaced === undefined ? 1 : 0);
    });
  }

  /** What is left of an upload for which there is no room would use up that very room, and out of sight. */
  keep(): Promise<void> {
    if (this.#isOver) return this.discard();
    return this.#end(async () => {
      const older = await this.#partSize();
      await this.#handle.keep();
      await this.#countEnd((await this.#partSize()) - this.#bytes - older);
    });
  }

  discard(): Promise<void> {
    return this.#end(async () => {
      await this.#handle.discard();
      await this.#countEnd(-this.#bytes);
    });
  }

  /** The first end counts; those behind it wait for it and resolve whatever came of it. */
  #end(work: () => Promise<void>): Promise<void> {
    if (this.#ending !== undefined) return this.#ending.catch(() => undefined);
    const { book, mainPath, ledgers } = this.#options;
    this.#ending = book.inTurn(mainPath, ledgers, work);
    return this.#ending;
  }

  async #partSize(): Promise<number> {
    const { inner, path, user } = this.#options;
    return (await inner.partialSize(path, user).catch(() => undefined)) ?? 0;
  }

  async #sizeOfFile(): Promise<number | undefined> {
    const { inner, path } = this.#options;
    const entry = await inner.stat(path).catch(() => undefined);
    return entry === undefined ? undefined : (entry.size ?? 0);
  }
}

export function quotaExceeded(path: string, bytes: number): Error {
  return explainedStorageError('quota-exceeded', path, `The quota of ${bytes} bytes has no room for this`);
}
