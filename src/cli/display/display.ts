/** What shows the events of a client command: bars, lines, JSON or nothing. */

import type { ClientEvent } from './client-event.ts';

export interface Display {
  show(event: ClientEvent): void;
  /** A line for people on stderr, without its line end: above the bars, where there are any. */
  say(text: string): void;
  /** All that is to come, as far as it is known; for totals. */
  expect(totals: ExpectedTotals): void;
  /** Takes away what moves on the screen, for good. Lines still appear. A second call does nothing. */
  close(): void;
}

/** Of all transfers of the run, those that have ended among them. */
export interface ExpectedTotals {
  readonly files: number;
  /** Undefined as long as some size is not known. */
  readonly bytes: number | undefined;
}
