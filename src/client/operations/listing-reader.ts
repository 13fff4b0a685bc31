/** Reads the lines of one listing into entries, and keeps count of what it has understood. */

import { createListingParser, type Entry, type ListingDialect, parseMlsxFacts } from '../../protocol/index.ts';

/** An entry of a listing; a line that was not understood is shown as it came and not guessed at. */
export interface ListedEntry extends Entry {
  /** The line, when it was not understood; `name` is then the whole line and `type` is `other`. */
  readonly raw?: string;
}

/** What was found out about a listing. */
export interface ListingFacts {
  readonly verb: 'MLSD' | 'LIST';
  /** How its lines are written; undefined where no entry was understood. */
  readonly dialect: ListingDialect | 'mlsd' | undefined;
  /** Entries that were understood. */
  readonly entries: number;
  /** Lines that were not. */
  readonly raw: number;
}

/** What one line turned out to be; undefined where it is no entry. Without a dialect it was not understood. */
type ReadLine = { readonly entry: ListedEntry; readonly dialect?: ListingDialect | 'mlsd' } | undefined;

/** The reader of one listing. */
export class ListingReader {
  readonly verb: 'MLSD' | 'LIST';
  readonly #read: (line: string) => ReadLine;
  #dialect: ListingFacts['dialect'];
  #entries = 0;
  #raw = 0;

  constructor(verb: 'MLSD' | 'LIST') {
    this.verb = verb;
    this.#read = verb === 'MLSD' ? readMlsdLine : listLineReader();
  }

  /** The entries of these lines. */
  read(lines: readonly string[]): ListedEntry[] {
    const found: ListedEntry[] = [];
    for (const line of lines) {
      const read = this.#read(line);
      if (read === undefined) continue;
      if (read.dialect === undefined) this.#raw += 1;
      else this.#entries += 1;
      this.#dialect = read.dialect ?? this.#dialect;
      found.push(read.entry);
    }
    return found;
  }

  get facts(): ListingFacts {
    return { verb: this.verb, dialect: this.#dialect, entries: this.#entries, raw: this.#raw };
  }
}

function readMlsdLine(line: string): ReadLine {
  const parsed = parseMlsxFacts(line);
  if (parsed === undefined) return { entry: rawEntry(line) };
  const isSelf = parsed.role !== 'entry' || parsed.entry.name === '.' || parsed.entry.name === '..';
  return isSelf ? undefined : { entry: parsed.entry, dialect: 'mlsd' };
}

function listLineReader(): (line: string) => ReadLine {
  const parser = createListingParser({ nowMs: Date.now() });
  return (line) => {
    const parsed = parser.parse(line);
    if (parsed.kind === 'entry') return { entry: parsed.entry, dialect: parsed.dialect };
    return parsed.kind === 'raw' ? { entry: rawEntry(parsed.line) } : undefined;
  };
}

function rawEntry(line: string): ListedEntry {
  return { name: line, type: 'other', raw: line };
}
