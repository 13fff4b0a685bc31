/** An open file for reading, with several reads in flight. */

import type { ReadHandle } from '../storage-backend.ts';
import { storageError } from '../storage-error.ts';
import { type Descriptors, readAt } from './descriptors.ts';
import { fromErrno } from './errno.ts';

export class LocalReadHandle implements ReadHandle {
  readonly size: number;
  readonly #path: string;
  readonly #fd: number;
  readonly #descriptors: Descriptors;
  readonly #onClose: (handle: LocalReadHandle) => void;
  #readsInFlight = 0;
  #closing: Promise<void> | undefined;
  #allReadsDone: (() => void) | undefined;

  constructor(
    path: string,
    fd: number,
    size: number,
    descriptors: Descriptors,
    onClose: (handle: LocalReadHandle) => void,
  ) {
    this.size = size;
    this.#path = path;
    this.#fd = fd;
    this.#descriptors = descriptors;
    this.#onClose = onClose;
  }

  async read(buffer: Buffer, position: number): Promise<number> {
    if (this.#closing !== undefined) throw storageError('aborted', this.#path);
    this.#readsInFlight += 1;
    try {
      return await readAt(this.#fd, buffer, position);
    } catch (error) {
      throw fromErrno(error, this.#path);
    } finally {
      this.#readsInFlight -= 1;
      if (this.#readsInFlight === 0) this.#allReadsDone?.();
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** A descriptor that is closed under a read may be another file's by the time the read runs. */
  async #close(): Promise<void> {
    if (this.#readsInFlight > 0) await new Promise<void>((resolve) => (this.#allReadsDone = resolve));
    this.#descriptors.release(this.#fd);
    this.#onClose(this);
  }
}
