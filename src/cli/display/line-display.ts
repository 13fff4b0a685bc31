/** Events where there is no terminal: one line for each end, and every few seconds one that says how far it is. */

import type { Output } from '../output.ts';
import type { ClientEvent, EventOf } from './client-event.ts';
import type { Display, ExpectedTotals } from './display.ts';
import { eventText, shownName } from './event-text.ts';
import { formatBytes, formatSeconds, secondsLeft } from './figures.ts';
import { Totals } from './totals.ts';

/** Between two lines about how far it is. */
export const progressLineMs = 5000;

export class LineDisplay implements Display {
  readonly #output: Output;
  readonly #now: () => number;
  readonly #tellsEach: boolean;
  readonly #totals = new Totals();
  readonly #names = new Map<number, string>();
  #lastMs: number;

  /** `tellsEach: false` leaves out the lines of transfers that are complete. */
  constructor(output: Output, now: () => number = () => performance.now(), tellsEach = true) {
    this.#output = output;
    this.#tellsEach = tellsEach;
    this.#now = now;
    this.#lastMs = now();
  }

  expect(totals: ExpectedTotals): void {
    this.#totals.expect(totals);
  }

  show(event: ClientEvent): void {
    this.#totals.note(event);
    if (event.kind === 'start') this.#names.set(event.id, shownName(event));
    else if (event.kind === 'result') this.#names.delete(event.id);
    if (!this.#tellsEach && event.kind === 'result' && event.outcome === 'complete') return;
    const line = event.kind === 'progress' ? this.#progressText(event) : eventText(event);
    if (line !== undefined) this.say(line);
  }

  say(text: string): void {
    this.#output.stderr.write(`${text}\n`);
  }

  close(): void {
    // Nothing moves here.
  }

  #progressText({ id, offset, bytes, size, rate }: EventOf<'progress'>): string | undefined {
    const nowMs = this.#now();
    if (nowMs - this.#lastMs < progressLineMs) return undefined;
    this.#lastMs = nowMs;
    const { files, filesEnded } = this.#totals;
    if (files < 2) return farText(this.#names.get(id) ?? '', offset + bytes, size, rate);
    return farText(`${filesEnded} of ${files} files`, this.#totals.bytes, this.#totals.size ?? null, this.#totals.rate);
  }
}

function farText(name: string, done: number, size: number | null, rate: number): string {
  const left = secondsLeft(done, size, rate);
  const share = size === null || size === 0 ? '' : ` of ${formatBytes(size)} (${Math.floor((done / size) * 100)}%)`;
  return `${name}: ${formatBytes(done)}${share}, ${formatBytes(rate)}/s${left === undefined ? '' : `, ${formatSeconds(left)} left`}`;
}
