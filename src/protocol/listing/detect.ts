/** Reads the lines of a LIST without being told the dialect of the server. */

import { dos } from './dos.ts';
import type { Entry } from './entry.ts';
import { eplf } from './eplf.ts';
import type { LineReading, ListingContext, ListingDialect, ReadListingLine } from './listing-codec.ts';
import { mvs } from './mvs.ts';
import { netware } from './netware.ts';
import { os400 } from './os400.ts';
import { unix } from './unix-parse.ts';
import { vms } from './vms.ts';

/** What a line turned out to be. `raw` was not understood: it is shown as it came, and nothing is guessed from it. */
export type ListingLine =
  | { readonly kind: 'entry'; readonly entry: Entry; readonly dialect: ListingDialect }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'raw'; readonly line: string };

export interface ListingParser {
  /**
   * Takes one line without line end and gives what is known now, in the order of the lines: nothing where the next line
   * is needed. Never throws; time is linear in the length of the line.
   */
  parse(line: string): readonly ListingLine[];
  /** The listing has ended. */
  finish(): readonly ListingLine[];
}

const codecs = [unix, dos, eplf, netware, os400, vms, mvs];

interface Reader {
  readonly dialect: ListingDialect;
  readonly read: ReadListingLine;
}

/**
 * A parser for one listing. It tries the dialect of the last entry or heading first, and the others where that one
 * fails; in no dialect that needs a heading is a line read before the heading has come.
 */
export function createListingParser(context: ListingContext): ListingParser {
  return new DetectingParser(context);
}

class DetectingParser implements ListingParser {
  #readers: readonly Reader[];
  /** The beginning of an entry that the next line may end. */
  #held: { readonly reader: Reader; readonly line: string } | undefined;

  constructor(context: ListingContext) {
    this.#readers = codecs.map(({ dialect, open }) => ({ dialect, read: open(context) }));
  }

  parse(line: string): ListingLine[] {
    const held = this.#held;
    if (held === undefined) return this.#fresh(line);
    this.#held = undefined;
    const joined = held.reader.read(`${held.line} ${line}`);
    if (typeof joined === 'object') return [this.#entry(held.reader, joined)];
    return [{ kind: 'raw', line: held.line }, ...this.#fresh(line)];
  }

  finish(): ListingLine[] {
    const held = this.#held;
    this.#held = undefined;
    return held === undefined ? [] : [{ kind: 'raw', line: held.line }];
  }

  #fresh(line: string): ListingLine[] {
    if (isNoEntry(line)) return [{ kind: 'ignored' }];
    for (const reader of this.#readers) {
      const reading: LineReading = reader.read(line);
      if (reading === undefined) continue;
      if (reading === 'beginning') {
        this.#held = { reader, line };
        return [];
      }
      if (reading !== 'heading') return [this.#entry(reader, reading)];
      this.#prefer(reader);
      return [{ kind: 'ignored' }];
    }
    return [{ kind: 'raw', line }];
  }

  #entry(reader: Reader, entry: Entry): ListingLine {
    this.#prefer(reader);
    if (entry.name === '.' || entry.name === '..') return { kind: 'ignored' };
    return { kind: 'entry', entry, dialect: reader.dialect };
  }

  #prefer(reader: Reader): void {
    if (reader === this.#readers[0]) return;
    this.#readers = [reader, ...this.#readers.filter((other) => other !== reader)];
  }
}

/** `total 42` on top of `ls -l`, as it is in the languages of the usual systems. */
const total =
  /^(?:total|totale|insgesamt|итого|razem|celkem|totalt|yhteensä|összesen|toplam|suma|合計|总计|总用量|總計|합계) \d[.,\d]*[KMGT]?$/i;

/** Blank lines, and the total. */
function isNoEntry(line: string): boolean {
  return /^[ \t]*$/.test(line) || total.test(line);
}
