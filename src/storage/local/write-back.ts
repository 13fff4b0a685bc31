/** Sends what an upload wrote to the disk while more arrives, so that little is left to wait for at its commit. */

import { syncData } from './descriptors.ts';

/** Bytes between two steps: large enough for the disk to work in one go, small enough for a short wait at the end. */
const stepBytes = 33_554_432;

/** Steps under way in this process. A step holds a thread of libuv's pool, of which there are four by default. */
let running = 0;
const maxRunning = 1;

export class WriteBack {
  readonly #fd: number;
  readonly #onSynced: (length: number) => Promise<void>;
  #startedAt: number;
  #step: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** `length` bytes of the file need no step; `onSynced` hears of the bytes that are on disk after each one. */
  constructor(fd: number, length: number, onSynced: (length: number) => Promise<void>) {
    this.#fd = fd;
    this.#startedAt = length;
    this.#onSynced = onSynced;
  }

  /** Starts a step when enough was written since the last one and no other is under way. */
  advance(length: number): void {
    if (this.#step !== undefined || running >= maxRunning || length - this.#startedAt < stepBytes) return;
    this.#startedAt = length;
    running += 1;
    this.#step = this.#run(length);
  }

  /** Waits for a step under way; rejects when any failed: the system reports lost bytes once only, to one caller. */
  async finish(): Promise<void> {
    await this.#step;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #run(length: number): Promise<void> {
    try {
      await syncData(this.#fd);
      // A note that cannot be made leaves an older one, which promises less.
      await this.#onSynced(length).catch(() => undefined);
    } catch (error) {
      this.#failure = { error };
    } finally {
      running -= 1;
      this.#step = undefined;
    }
  }
}
