/** Shows how a transfer goes: a bar on a terminal, one line at the end in any case. */

import { Presets, SingleBar } from 'cli-progress';
import type { RetryNotice, TransferPosition, TransferResult } from '../client/index.ts';
import { printable } from '../protocol/index.ts';
import type { Output } from './output.ts';

const unitNames = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `1.3 MB`, in powers of 1000. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < unitNames.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? String(Math.round(value)) : value.toFixed(value < 9.95 ? 1 : 0)} ${unitNames[unit]}`;
}

/** `1:02:03` or `2:03`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((part) => String(part).padStart(2, '0'));
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${parts.join(':')}` : parts.join(':').replace(/^0/, '');
}

/** Follows one transfer from its first byte to its verdict. */
export class ProgressDisplay {
  readonly #output: Output;
  readonly #name: string;
  #showsBar: boolean;
  #bar: SingleBar | undefined;
  #startedMs = performance.now();
  #startedAt = 0;

  /** `showsBar`: draw one if the output is a terminal. */
  constructor(name: string, showsBar: boolean, output: Output) {
    this.#name = printable(name);
    this.#output = output;
    this.#showsBar = showsBar && output.interactive;
  }

  update({ offset, bytes, total }: TransferPosition): void {
    if (!this.#showsBar) return;
    const done = offset + bytes;
    if (this.#bar === undefined) {
      this.#bar = this.#createBar(total);
      this.#startedMs = performance.now();
      this.#startedAt = done;
      this.#bar.start(total ?? 0, done, this.#figures(done, total));
    }
    if (total !== undefined) this.#bar.setTotal(total);
    this.#bar.update(done, this.#figures(done, total));
  }

  #createBar(total: number | undefined): SingleBar {
    const whole = '{name} {bar} {percentage}%  {done} of {size}  {rate}/s  {left} left';
    const format = total === undefined ? '{name}  {done}  {rate}/s' : whole;
    const stream = this.#output.stderr;
    return new SingleBar(
      { format, stream, hideCursor: true, clearOnComplete: true, barsize: 24, fps: 5 },
      Presets.rect,
    );
  }

  #figures(done: number, total: number | undefined): Record<string, string> {
    const seconds = (performance.now() - this.#startedMs) / 1000;
    const rate = seconds > 0.05 ? (done - this.#startedAt) / seconds : 0;
    const left = total === undefined || rate <= 0 ? '--:--' : formatSeconds((total - done) / rate);
    return {
      name: this.#name,
      done: formatBytes(done),
      size: formatBytes(total ?? 0),
      rate: formatBytes(rate),
      left,
    };
  }

  /** Says why it is taken up again, and that it is. */
  retrying({ attempt, tries, delayMs, error }: RetryNotice): void {
    this.stop();
    const wait = (delayMs / 1000).toFixed(1);
    this.#output.stderr.write(`${printable(error.message)} Trying again in ${wait} s (${attempt} of ${tries}).\n`);
  }

  /** Takes the bar away. */
  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  /** Takes the bar away for good. */
  close(): void {
    this.stop();
    this.#showsBar = false;
  }

  /** The last line: what was moved, how fast, and with which verdict. */
  finish(result: TransferResult): void {
    this.stop();
    const seconds = result.durationMs / 1000;
    const rate = seconds > 0 ? ` (${formatBytes(result.bytes / seconds)}/s)` : '';
    const from = result.offset > 0 ? ` from byte ${result.offset} on` : '';
    const verdict = result.note === undefined ? result.outcome : `${result.outcome}: ${result.note}`;
    const moved = `${result.bytes.toLocaleString('en-US')} ${result.bytes === 1 ? 'byte' : 'bytes'}${from} in ${seconds.toFixed(2)} s${rate}`;
    this.#output.stderr.write(`${this.#name}: ${moved}, ${verdict}\n`);
  }
}
