/** How many entries of one folder are looked at in one go: as many as are done in a few milliseconds. */

/**
 * Calls that are given to the pool of libuv at a time. Its four threads go to sleep between few calls, and waking them costs
 * several times the call itself; behind many slow ones other sessions would wait. So there are few at first.
 */
const minStatsAtOnce = 16;
const maxStatsAtOnce = 256;
const fastMs = 2;
const slowMs = 8;

export class StatPace {
  #atOnce = minStatsAtOnce;

  get atOnce(): number {
    return this.#atOnce;
  }

  /** The disk has answered at once, and more often so than not. */
  get isWarm(): boolean {
    return this.#atOnce > minStatsAtOnce;
  }

  /** What so many calls at a time took; few quick ones prove nothing. */
  took(calls: number, ms: number): void {
    if (ms > slowMs) this.#atOnce = Math.max(minStatsAtOnce, this.#atOnce / 2);
    else if (ms < fastMs && calls >= this.#atOnce) this.#atOnce = Math.min(maxStatsAtOnce, this.#atOnce * 2);
  }
}
