/** Events for programs: one JSON object a line on stdout. What people would read stays on stderr. */

import { jsonLine } from '../json-line.ts';
import type { Output } from '../output.ts';
import type { ClientEvent } from './client-event.ts';
import type { Display } from './display.ts';
import { clientEventVersion } from './event-version.ts';

/** Between two progress events of one transfer. */
export const progressEventMs = 500;

export class JsonDisplay implements Display {
  readonly #output: Output;
  /** When the last progress of a transfer was told, by its id. */
  readonly #toldMs = new Map<number, number>();

  constructor(output: Output) {
    this.#output = output;
  }

  expect(): void {
    // A program adds up what it wants to know.
  }

  show(event: ClientEvent): void {
    if (event.kind === 'progress' && !this.#isDue(event.id)) return;
    if (event.kind === 'result') this.#toldMs.delete(event.id);
    this.#output.stdout.write(eventLine(event));
  }

  #isDue(id: number): boolean {
    const nowMs = performance.now();
    if (nowMs - (this.#toldMs.get(id) ?? -progressEventMs) < progressEventMs) return false;
    this.#toldMs.set(id, nowMs);
    return true;
  }

  say(text: string): void {
    this.#output.stderr.write(`${text}\n`);
  }

  close(): void {
    // Nothing moves here.
  }
}

/** Control characters and lone surrogates are escaped, so that a line is always one line of UTF-8. */
export function eventLine(event: ClientEvent, now: Date = new Date()): string {
  return jsonLine({ v: clientEventVersion, time: now.toISOString(), ...event });
}
