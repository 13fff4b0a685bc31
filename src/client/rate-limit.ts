/** Holds a transfer to a number of bytes per second from its first second on, in small steps. */

import type { Scope } from '../net/index.ts';

/** Share of a second that may pass in one step. */
const stepSeconds = 0.1;
/** Smallest step in bytes, so that slow limits do not cost a system call per byte. */
const minStepBytes = 256;
/** Largest step in bytes, so that fast limits keep progress fine-grained. */
const maxStepBytes = 64 * 1024;

export class RateLimit {
  /** How many bytes to ask for at once. */
  readonly stepBytes: number;
  readonly #bytesPerSecond: number;
  /** When the bytes so far are paid for; `performance.now()`. */
  #paidUntilMs = 0;

  /** `bytesPerSecond` is at least 1. */
  constructor(bytesPerSecond: number) {
    this.#bytesPerSecond = Math.max(1, bytesPerSecond);
    const step = Math.floor(this.#bytesPerSecond * stepSeconds);
    this.stepBytes = Math.min(maxStepBytes, Math.max(minStepBytes, step));
  }

  /** Books bytes that have been moved and resolves when the next ones may be; at once when `scope` closes. */
  async pay(bytes: number, scope: Scope): Promise<void> {
    const now = performance.now();
    this.#paidUntilMs = Math.max(this.#paidUntilMs, now) + (bytes / this.#bytesPerSecond) * 1000;
    const waitMs = this.#paidUntilMs - now;
    if (waitMs < 1 || scope.closed) return;
    await new Promise<void>((resolve) => {
      const countOff = scope.counts.add('timer');
      const done = (): void => {
        clearTimeout(timer);
        countOff();
        leave();
        resolve();
      };
      const timer = setTimeout(done, waitMs);
      const leave = scope.add(done);
    });
  }
}
