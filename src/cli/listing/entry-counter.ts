/** Shows on a terminal that a long listing goes on, while there is nothing else to show yet. */

import { formatNumber } from '../display/figures.ts';
import type { Output } from '../output.ts';

const showEveryMs = 200;

export class EntryCounter {
  readonly #output: Output;
  readonly #isShown: boolean;
  #count = 0;
  #shownMs = performance.now();
  #hasDrawn = false;

  constructor(output: Output) {
    this.#output = output;
    this.#isShown = output.interactive && process.env['TERM'] !== 'dumb';
  }

  add(entries: number): void {
    this.#count += entries;
    const nowMs = performance.now();
    if (!this.#isShown || nowMs - this.#shownMs < showEveryMs) return;
    this.#shownMs = nowMs;
    this.#hasDrawn = true;
    this.#output.stderr.write(`\r${formatNumber(this.#count)} entries\x1b[K`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#hasDrawn) this.#output.stderr.write('\r\x1b[K');
    this.#hasDrawn = false;
  }
}
