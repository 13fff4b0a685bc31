/** Events on a terminal: a bar for each file under way, a line of totals above them where there are many, results above all. */

import { createRequire } from 'node:module';
import type * as CliProgress from 'cli-progress';
import type { GenericFormatter, MultiBar, SingleBar } from 'cli-progress';
import type { Output } from '../output.ts';
import type { ClientEvent, EventOf } from './client-event.ts';
import type { Display, ExpectedTotals } from './display.ts';
import { eventText, shownName } from './event-text.ts';
import { formatBytes, formatSeconds, secondsLeft } from './figures.ts';
import { Totals } from './totals.ts';

interface Figures {
  readonly name: string;
  readonly done: number;
  readonly size: number | null;
  readonly rate: number;
}

interface RunningBar {
  readonly name: string;
  bar: SingleBar | undefined;
}

const barWidth = 20;

/** Loaded with the first bar: it costs every start as much as the client itself, and most have none. */
function barLibrary(): typeof CliProgress {
  return createRequire(import.meta.url)('cli-progress') as typeof CliProgress;
}

/** `name  ████░░░░  42%  3.2 MB of 7.7 MB  1.2 MB/s  0:04 left`, shortened to the width of the terminal. */
export function barLine({ name, done, size, rate }: Figures, columns: number): string {
  const left = secondsLeft(done, size, rate);
  const share = size === null ? undefined : size === 0 ? 1 : Math.min(1, done / size);
  const full = Math.floor((share ?? 0) * barWidth);
  const figures = [
    ...(share === undefined ? [] : [`${'█'.repeat(full)}${'░'.repeat(barWidth - full)}`]),
    ...(share === undefined ? [] : [`${String(Math.floor(share * 100)).padStart(3)}%`]),
    size === null ? formatBytes(done) : `${formatBytes(done)} of ${formatBytes(size)}`,
    `${formatBytes(rate)}/s`,
    ...(size === null ? [] : [`${left === undefined ? '--:--' : formatSeconds(left)} left`]),
  ];
  let kept = figures;
  // A narrow terminal keeps the name and the percentage; the drawing is the first to go.
  while (kept.length > 1 && kept.join('  ').length + 14 > columns) kept = kept.slice(1);
  const text = kept.join('  ');
  return `${shortened(name, Math.max(8, columns - text.length - 3))}  ${text}`;
}

/** Keeps both ends: the beginning of a path and the kind of the file tell it best. */
function shortened(name: string, width: number): string {
  const letters = Array.from(name);
  if (letters.length <= width) return name;
  const front = Math.ceil((width - 1) / 2);
  return `${letters.slice(0, front).join('')}…${letters.slice(letters.length - (width - 1 - front)).join('')}`;
}

export class BarDisplay implements Display {
  readonly #output: Output;
  readonly #tellsEach: boolean;
  readonly #totals = new Totals();
  readonly #running = new Map<number, RunningBar>();
  #bars: MultiBar | undefined;
  #totalsBar: SingleBar | undefined;
  #isClosed = false;

  /** `tellsEach: false` leaves out the lines of transfers that are complete. */
  constructor(output: Output, tellsEach = true) {
    this.#output = output;
    this.#tellsEach = tellsEach;
  }

  expect(totals: ExpectedTotals): void {
    this.#totals.expect(totals);
  }

  show(event: ClientEvent): void {
    this.#totals.note(event);
    if (event.kind === 'start') this.#running.set(event.id, { name: shownName(event), bar: undefined });
    else if (event.kind === 'progress') this.#progress(event);
    else if (event.kind === 'result') this.#remove(event.id);
    if (event.kind === 'summary') this.close();
    const isQuiet = !this.#tellsEach && event.kind === 'result' && event.outcome === 'complete';
    const line = isQuiet ? undefined : eventText(event);
    if (line !== undefined) this.say(line);
  }

  say(text: string): void {
    if (this.#bars === undefined) this.#output.stderr.write(`${text}\n`);
    else this.#bars.log(`${text}\n`);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const bars = this.#bars;
    this.#bars = undefined;
    // Once more, for lines that wait above the bars.
    bars?.update();
    bars?.stop();
  }

  #progress({ id, offset, bytes, size, rate }: EventOf<'progress'>): void {
    const running = this.#running.get(id);
    if (this.#isClosed || running === undefined) return;
    const { name } = running;
    const figures: Figures = { name, done: offset + bytes, size, rate };
    this.#showTotals();
    running.bar ??= this.#create(figures);
    running.bar.update(figures.done, figures);
  }

  #showTotals(): void {
    const { files, filesEnded, bytes, size = null, rate } = this.#totals;
    if (files < 2) return;
    const figures: Figures = { name: `${filesEnded} of ${files} files`, done: bytes, size, rate };
    this.#totalsBar ??= this.#create(figures);
    this.#totalsBar.update(bytes, figures);
  }

  #create(figures: Figures): SingleBar {
    this.#bars ??= new (barLibrary().MultiBar)({
      format: this.#format,
      stream: this.#output.stderr,
      hideCursor: true,
      clearOnComplete: true,
      fps: 5,
      // Ctrl-C is ours: it aborts the transfer before anything ends.
      gracefulExit: false,
      // A bar that goes moves those below it, whose text may be what it was.
      forceRedraw: true,
    });
    return this.#bars.create(1, 0, figures);
  }

  readonly #format: GenericFormatter = (_options, _params, figures: Figures) => barLine(figures, this.#columns);

  /** 80 where the terminal does not know its width, which some tell as 0. */
  get #columns(): number {
    const { columns = 0 } = this.#output.stderr as Partial<NodeJS.WriteStream>;
    return columns > 0 ? columns : 80;
  }

  #remove(id: number): void {
    const bar = this.#running.get(id)?.bar;
    this.#running.delete(id);
    if (bar !== undefined) this.#bars?.remove(bar);
    if (this.#totalsBar !== undefined) this.#showTotals();
    // Nothing is under way: lines go straight to the screen until the next bar.
    if (this.#running.size === 0 && this.#totalsBar === undefined) this.#suspend();
  }

  #suspend(): void {
    const bars = this.#bars;
    this.#bars = undefined;
    bars?.update();
    bars?.stop();
  }
}
