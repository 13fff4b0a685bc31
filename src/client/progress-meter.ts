/** Progress of a transfer as it is told: bytes, total and rate; and a listener that is not told every step. */

import type { TransferProgress } from './transfer-result.ts';

/** Rates are those of about this time, in milliseconds: steady enough to read, and soon true again behind a stall. */
const rateSpanMs = 3_000;
/** Between two looks at the rate. */
const rateLookMs = 200;

export type ProgressListener = (progress: TransferProgress) => void;

export interface ProgressMeterOptions {
  readonly offset: number;
  readonly listener: ProgressListener | undefined;
  readonly total: () => number | undefined;
  /** Milliseconds on a clock that never goes back; for tests. */
  readonly now?: () => number;
}

/** Tells the listener of each step what it needs to know. */
export class ProgressMeter {
  readonly #options: ProgressMeterOptions;
  readonly #now: () => number;
  #lookedMs: number | undefined;
  #lookedBytes = 0;
  #rate: number | undefined;

  constructor(options: ProgressMeterOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** `bytes` have been moved so far. */
  report(bytes: number): void {
    const { offset, listener, total } = this.#options;
    if (listener === undefined) return;
    listener({ offset, bytes, total: total(), rate: this.#look(bytes) });
  }

  #look(bytes: number): number {
    const nowMs = this.#now();
    this.#lookedMs ??= nowMs;
    const spanMs = nowMs - this.#lookedMs;
    if (spanMs >= rateLookMs) {
      const latest = ((bytes - this.#lookedBytes) * 1000) / spanMs;
      const weight = this.#rate === undefined ? 1 : 1 - Math.exp(-spanMs / rateSpanMs);
      this.#rate = (this.#rate ?? 0) + (latest - (this.#rate ?? 0)) * weight;
      this.#lookedMs = nowMs;
      this.#lookedBytes = bytes;
    }
    if (this.#rate !== undefined) return this.#rate;
    return spanMs === 0 ? 0 : (bytes * 1000) / spanMs;
  }
}

/**
 * A listener that passes on the first step, then one in `everyMs`, and the one that reaches the total. Where the total is
 * not known, the last step may be left out: the result of the transfer has the final count.
 */
export function progressEvery(everyMs: number, listener: ProgressListener): ProgressListener {
  let toldMs = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const nowMs = performance.now();
    const isWhole = progress.offset + progress.bytes === progress.total;
    if (nowMs - toldMs < everyMs && !isWhole) return;
    toldMs = nowMs;
    listener(progress);
  };
}
