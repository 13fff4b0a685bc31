/** Counts what happened lately, by key, in bounded memory. */

/** Keys that are counted at once. Half of them are sure to be those that were counted last. */
const maxKeys = 100_000;

interface Count {
  points: number;
  readonly sinceMs: number;
}

/**
 * Points by key within a window of time that begins with the first of them. Keys live in two generations, and the older
 * one is forgotten as a whole: to look for the single oldest of many would take longer the more there are.
 */
export class RecentCounts {
  #young = new Map<string, Count>();
  #old = new Map<string, Count>();
  readonly #windowMs: () => number;
  readonly #now: () => number;

  /** `now` gives milliseconds that only grow. */
  constructor(windowMs: () => number, now: () => number = () => performance.now()) {
    this.#windowMs = windowMs;
    this.#now = now;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** The points of a key by now. */
  get(key: string): number {
    return this.#current(key)?.points ?? 0;
  }

  #current(key: string): Count | undefined {
    const count = this.#young.get(key) ?? this.#old.get(key);
    if (count === undefined || this.#now() - count.sinceMs <= this.#windowMs()) return count;
    this.forget(key);
    return undefined;
  }

  /** Adds points and gives their sum. */
  add(key: string, points: number): number {
    const count = this.#current(key) ?? { points: 0, sinceMs: this.#now() };
    count.points += points;
    this.#old.delete(key);
    this.#young.set(key, count);
    if (this.#young.size >= maxKeys / 2) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    return count.points;
  }

  forget(key: string): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }
}
