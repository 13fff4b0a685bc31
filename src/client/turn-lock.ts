/** One operation at a time: a session has one control line and one data line, and whoever comes later waits. */

import { abortError, onAbort, throwIfAborted } from './cancellation.ts';

export interface TurnOptions {
  /** Ends the wait for the turn. */
  readonly signal?: AbortSignal | undefined;
  /** Called while the turn is had and somebody else waits for the next one. */
  readonly onWaitedFor?: () => void;
}

export class TurnLock {
  #isHeld = false;
  #onWaitedFor: (() => void) | undefined;
  readonly #waiting: (() => void)[] = [];

  /** Resolves with the function that ends the turn, when all turns before it have ended. Rejects with the abort error. */
  async acquire({ signal, onWaitedFor }: TurnOptions = {}): Promise<() => void> {
    throwIfAborted(signal);
    if (this.#isHeld) await this.#wait(signal);
    this.#isHeld = true;
    this.#onWaitedFor = onWaitedFor;
    if (this.#waiting.length > 0) onWaitedFor?.();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#onWaitedFor = undefined;
      const next = this.#waiting.shift();
      // Handed on without a gap in which somebody could come in between.
      if (next === undefined) this.#isHeld = false;
      else next();
    };
  }

  async #wait(signal: AbortSignal | undefined): Promise<void> {
    const turn = Promise.withResolvers<void>();
    this.#waiting.push(turn.resolve);
    const leave = onAbort(signal, () => {
      const index = this.#waiting.indexOf(turn.resolve);
      if (index === -1 || signal === undefined) return;
      this.#waiting.splice(index, 1);
      turn.reject(abortError(signal));
    });
    this.#onWaitedFor?.();
    try {
      await turn.promise;
    } finally {
      leave();
    }
  }

  async run<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    const release = await this.acquire({ signal });
    try {
      return await work();
    } finally {
      release();
    }
  }
}
