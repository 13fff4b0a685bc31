/** A bound in bytes per second that several transfers share: each books its next piece and waits for its turn. */

/** A bound, here or in the process that holds it for several. */
export interface Meter {
  readonly bytesPerSecond: number;
  /** Books bytes; the answer is how many milliseconds from `nowMs` on they take, with all that was booked before. */
  book(bytes: number, nowMs: number): number | Promise<number>;
}

export class RateMeter implements Meter {
  readonly #bytesPerSecond: number;
  /** When everything booked so far has had its time. */
  #bookedUntilMs = 0;

  /** At least 1. */
  constructor(bytesPerSecond: number) {
    this.#bytesPerSecond = Math.max(1, bytesPerSecond);
  }

  get bytesPerSecond(): number {
    return this.#bytesPerSecond;
  }

  book(bytes: number, nowMs: number): number {
    this.#bookedUntilMs = Math.max(this.#bookedUntilMs, nowMs) + (bytes / this.#bytesPerSecond) * 1000;
    return this.#bookedUntilMs - nowMs;
  }
}
