/** What one view of a storage has open and under way, so that it can be closed without the storage below. */

import type { ReadHandle, WriteHandle } from '../storage-backend.ts';
import { storageError } from '../storage-error.ts';

export class OpenThings {
  readonly #running = new Set<Promise<unknown>>();
  readonly #readers = new Set<ReadHandle>();
  readonly #writers = new Set<WriteHandle>();
  #closed = false;

  get count(): number {
    return this.#readers.size + this.#writers.size;
  }

  /** Throws `aborted` once it is closed. */
  check(path: string): void {
    if (this.#closed) throw storageError('aborted', path);
  }

  /** Runs an operation whose end `close` waits for. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const running = work();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  trackReader(inner: ReadHandle): ReadHandle {
    const close = async (): Promise<void> => {
      await inner.close();
      this.#readers.delete(handle);
    };
    const handle: ReadHandle = {
      size: inner.size,
      read: (buffer, position) => inner.read(buffer, position),
      close,
    };
    this.#readers.add(handle);
    return handle;
  }

  trackWriter(inner: WriteHandle): WriteHandle {
    const after = async (end: Promise<void>): Promise<void> => {
      try {
        await end;
      } finally {
        this.#writers.delete(handle);
      }
    };
    const handle: WriteHandle = {
      startOffset: inner.startOffset,
      write: (chunks) => inner.write(chunks),
      commit: (isWanted) => after(inner.commit(isWanted)),
      keep: () => after(inner.keep()),
      discard: () => after(inner.discard()),
    };
    this.#writers.add(handle);
    return handle;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#running);
    await Promise.allSettled([
      ...[...this.#readers].map((handle) => handle.close()),
      ...[...this.#writers].map((handle) => handle.keep()),
    ]);
  }
}
