/** Reads the lines of a LIST without being told the dialect of the server. */

import { parseDosLine } from './dos.ts';
import type { Entry } from './entry.ts';
import { parseEplfLine } from './eplf.ts';
import { parseUnixLine } from './unix-parse.ts';

/** The dialects of LIST that are understood. */
export type ListingDialect = 'unix' | 'dos' | 'eplf';

/** What one line turned out to be. `raw` was not understood: it is shown as it came, and nothing is guessed from it. */
export type ListingLine =
  | { readonly kind: 'entry'; readonly entry: Entry; readonly dialect: ListingDialect }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'raw'; readonly line: string };

export interface ListingParserOptions {
  /** The present, milliseconds since 1970 UTC: Unix listings leave out the year of recent times. */
  readonly nowMs: number;
}

export interface ListingParser {
  /** Takes one line without line end. Never throws; time is linear in the length of the line. */
  parse(line: string): ListingLine;
}

/** A parser for one listing: it tries the dialect of the last entry first, and the others where that one fails. */
export function createListingParser({ nowMs }: ListingParserOptions): ListingParser {
  let readers: readonly (readonly [ListingDialect, (line: string) => Entry | undefined])[] = [
    ['unix', (line) => parseUnixLine(line, nowMs)],
    ['dos', parseDosLine],
    ['eplf', parseEplfLine],
  ];
  return {
    parse(line) {
      if (isNoEntry(line)) return { kind: 'ignored' };
      for (const reader of readers) {
        const [dialect, read] = reader;
        const entry = read(line);
        if (!entry) continue;
        if (reader !== readers[0]) readers = [reader, ...readers.filter((other) => other !== reader)];
        if (entry.name === '.' || entry.name === '..') return { kind: 'ignored' };
        return { kind: 'entry', entry, dialect };
      }
      return { kind: 'raw', line };
    },
  };
}

/** Blank lines, and the `total 42` on top of `ls -l`. */
function isNoEntry(line: string): boolean {
  return /^[ \t]*$/.test(line) || /^total \d[.,\d]*[KMGT]?$/i.test(line);
}
