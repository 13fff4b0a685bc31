/** Sends what an upload wrote to the disk while more arrives, so that little is left to wait for at its commit. */

import { syncData } from './descriptors.ts';

/** Bytes between two steps: large enough for the disk to work in one go, small enough for a short wait at the end. */
const stepBytes = 33_554_432;

/** Steps under way in this process. A step holds a thread of libuv's pool, of which there are four by default. */
let running = 0;
const maxRunning = 1;

export class WriteBack {
  readonly #fd: number;
  #startedAt: number;
  #step: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** `length` bytes of the file need no step. */
  constructor(fd: number, length: number) {
    this.#fd = fd;
    this.#startedAt = length;
  }

  /** Starts a step when enough was written since the last one and no other is under way. */
  advance(length: number): void {
    if (this.#step !== undefined || running >= maxRunning || length - this.#startedAt < stepBytes) return;
    this.#startedAt = length;
    running += 1;
    this.#step = this.#run();
  }

  /** Waits for a step under way; rejects when any failed: the system reports lost bytes once only, to one caller. */
  async finish(): Promise<void> {
    await this.#step;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #run(): Promise<void> {
    try {
      await syncData(this.#fd);
    } catch (error) {
      this.#failure = { error };
    } finally {
      running -= 1;
      this.#step = undefined;
    }
  }
}
