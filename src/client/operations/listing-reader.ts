/** Reads the lines of one listing into entries, and keeps count of what it has understood. */

import {
  createListingParser,
  type Entry,
  type ListingDialect,
  type ListingLine,
  parseMlsxFacts,
} from '../../protocol/index.ts';

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

/** What a line turned out to be. Without a dialect it was not understood. */
interface ReadLine {
  readonly entry: ListedEntry;
  readonly dialect?: ListingDialect | 'mlsd';
}

/** Takes lines; gives what they hold, and what is left when they have ended. */
interface LineSource {
  parse(line: string): readonly ReadLine[];
  finish(): readonly ReadLine[];
}

/** The reader of one listing. */
export class ListingReader {
  readonly verb: 'MLSD' | 'LIST';
  readonly #source: LineSource;
  #dialect: ListingFacts['dialect'];
  #entries = 0;
  #raw = 0;

  constructor(verb: 'MLSD' | 'LIST') {
    this.verb = verb;
    this.#source = verb === 'MLSD' ? mlsdSource : listSource();
  }

  /** The entries of these lines. */
  read(lines: readonly string[]): ListedEntry[] {
    const found: ListedEntry[] = [];
    for (const line of lines) this.#take(this.#source.parse(line), found);
    return found;
  }

  /** The entries of the last lines, behind which there are no more. */
  finish(lines: readonly string[]): ListedEntry[] {
    const found = this.read(lines);
    this.#take(this.#source.finish(), found);
    return found;
  }

  #take(lines: readonly ReadLine[], found: ListedEntry[]): void {
    for (const { entry, dialect } of lines) {
      if (dialect === undefined) this.#raw += 1;
      else this.#entries += 1;
      this.#dialect = dialect ?? this.#dialect;
      found.push(entry);
    }
  }

  get facts(): ListingFacts {
    return { verb: this.verb, dialect: this.#dialect, entries: this.#entries, raw: this.#raw };
  }
}

const mlsdSource: LineSource = {
  parse(line) {
    const parsed = parseMlsxFacts(line);
    if (parsed === undefined) return [rawLine(line)];
    const isSelf = parsed.role !== 'entry' || parsed.entry.name === '.' || parsed.entry.name === '..';
    return isSelf ? [] : [{ entry: parsed.entry, dialect: 'mlsd' }];
  },
  finish: () => [],
};

function listSource(): LineSource {
  const parser = createListingParser({ nowMs: Date.now() });
  return { parse: (line) => parser.parse(line).flatMap(listLine), finish: () => parser.finish().flatMap(listLine) };
}

function listLine(line: ListingLine): readonly ReadLine[] {
  if (line.kind === 'entry') return [line];
  return line.kind === 'raw' ? [rawLine(line.line)] : [];
}

function rawLine(line: string): ReadLine {
  return { entry: { name: line, type: 'other', raw: line } };
}
