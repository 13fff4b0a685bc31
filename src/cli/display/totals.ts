/** Sums over all transfers of a run, for the line of totals: what has ended and what is under way. */

import type { ClientEvent } from './client-event.ts';
import type { ExpectedTotals } from './display.ts';
import { RateMeter } from './rate-meter.ts';

export class Totals {
  #expected: ExpectedTotals | undefined;
  #filesEnded = 0;
  #filesSeen = 0;
  /** Bytes here of the files that have ended, those of earlier attempts among them. */
  #bytesEnded = 0;
  readonly #running = new Map<number, { done: number; from: number | undefined }>();
  /** What was there before this run, which counts as done and not as fast. */
  #before = 0;
  readonly #meter = new RateMeter(0);

  expect(expected: ExpectedTotals): void {
    this.#expected = expected;
  }

  note(event: ClientEvent): void {
    if (event.kind === 'start') {
      this.#filesSeen += 1;
      this.#running.set(event.id, { done: 0, from: undefined });
    } else if (event.kind === 'progress') {
      const running = this.#running.get(event.id);
      if (running === undefined) return;
      if (running.from === undefined) {
        running.from = event.offset;
        this.#before += event.offset;
      }
      running.done = event.offset + event.bytes;
      this.#meter.note(this.bytes - this.#before);
    } else if (event.kind === 'result' && this.#running.delete(event.id)) {
      this.#filesEnded += 1;
      this.#bytesEnded += event.offset + event.bytes;
    }
  }

  get filesEnded(): number {
    return this.#filesEnded;
  }

  /** As many as are to come, or as have been seen. */
  get files(): number {
    return Math.max(this.#expected?.files ?? 0, this.#filesSeen);
  }

  /** Bytes done. */
  get bytes(): number {
    let sum = this.#bytesEnded;
    for (const { done } of this.#running.values()) sum += done;
    return sum;
  }

  /** Bytes of all files; undefined where that is not known. */
  get size(): number | undefined {
    return this.#expected?.bytes;
  }

  get rate(): number {
    return this.#meter.rate;
  }
}
