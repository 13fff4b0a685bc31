/** One operation at a time: a session has one control line and one data line, and whoever comes later waits. */

export class TurnLock {
  #last: Promise<void> = Promise.resolve();

  /** Resolves with the function that ends the turn, when all turns before it have ended. */
  async acquire(): Promise<() => void> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await before;
    return resolve;
  }

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    const release = await this.acquire();
    try {
      return await work();
    } finally {
      release();
    }
  }
}
