/** What both ends say and what the lab sees between them, in one order and with one clock: the ground of a note. */

import { printable } from '../../protocol/index.ts';

/** Whose words they are: the log of the server, the dialogue of the client, or what the lab saw or did between them. */
export type Column = 'server' | 'client' | 'lab';

export interface NoteEntry {
  /** Milliseconds since the part of the note began. */
  readonly atMs: number;
  readonly column: Column;
  readonly text: string;
  /** The lab broke something here on purpose. */
  readonly isFault?: boolean;
}

/** More entries than this are counted and not kept. */
const maxEntries = 2_000;
/** Longer lines are cut. */
const maxLineCharacters = 500;

export class NoteLog {
  readonly entries: NoteEntry[] = [];
  dropped = 0;
  readonly #startedMs = performance.now();
  readonly #secrets: readonly string[];

  /** `secrets` never appear in an entry. */
  constructor(secrets: readonly string[] = []) {
    this.#secrets = secrets.filter((secret) => secret !== '');
  }

  /** Milliseconds since the part began. */
  now(): number {
    return performance.now() - this.#startedMs;
  }

  /** One line of a column; `atMs` where it is told later than it happened. */
  add(column: Column, text: string, { atMs = this.now(), isFault = false } = {}): void {
    if (this.entries.length >= maxEntries) {
      this.dropped += 1;
      return;
    }
    let shown = printable(text.slice(0, maxLineCharacters));
    for (const secret of this.#secrets) shown = shown.replaceAll(secret, '********');
    this.entries.push({ atMs: Math.round(atMs * 10) / 10, column, text: shown, ...(isFault ? { isFault } : {}) });
  }

  /** In the order of time. */
  ordered(): readonly NoteEntry[] {
    return this.entries.toSorted((one, other) => one.atMs - other.atMs);
  }
}
