/** Finds the line on which a key of a TOML document stands, so that what is wrong with its value can be found. */

/** The way to a value: keys, and numbers from 0 into arrays of tables. */
export type KeyPath = readonly (string | number)[];

const keyPart = String.raw`(?:[\w-]+|"(?:[^"\\]|\\.)*"|'[^']*')`;
const dotted = String.raw`${keyPart}(?:\s*\.\s*${keyPart})*`;
const headerPattern = new RegExp(String.raw`^\s*(\[\[?)\s*(${dotted})\s*\]`);
const assignmentPattern = new RegExp(String.raw`^\s*(${dotted})\s*=`);

/** Where the keys of one document stand. The document must have been parsed: this looks at the beginnings of lines only. */
export class TomlLines {
  readonly #lines = new Map<string, number>();
  readonly #tables = new Map<string, number>();

  constructor(source: string) {
    let table: KeyPath = [];
    let isInText = false;
    for (const [index, line] of source.split('\n').entries()) {
      if (!isInText) table = this.#take(line, index + 1, table);
      const fences = line.match(/"""|'''/g)?.length ?? 0;
      if (fences % 2 === 1) isInText = !isInText;
    }
  }

  /** Counted from 1. What stands within a value on one line has that line; 1 when nothing is known. */
  lineOf(path: KeyPath): number {
    for (let length = path.length; length > 0; length -= 1) {
      const line = this.#lines.get(JSON.stringify(path.slice(0, length)));
      if (line !== undefined) return line;
    }
    return 1;
  }

  /** Notes what a line defines, and gives the table that holds from then on. */
  #take(line: string, number: number, table: KeyPath): KeyPath {
    const header = headerPattern.exec(line);
    if (header !== null) {
      const opened = this.#open(partsOf(header[2] ?? ''), header[1] === '[[');
      this.#note(opened, number);
      return opened;
    }
    const assignment = assignmentPattern.exec(line);
    if (assignment !== null) this.#note([...table, ...partsOf(assignment[1] ?? '')], number);
    return table;
  }

  /** The path of a header; keys on the way that are arrays of tables stand for their last table. */
  #open(parts: readonly string[], isArray: boolean): KeyPath {
    let path: KeyPath = [];
    for (const [index, part] of parts.entries()) {
      path = [...path, part];
      const name = JSON.stringify(path);
      const last = this.#tables.get(name);
      if (isArray && index === parts.length - 1) {
        this.#tables.set(name, (last ?? -1) + 1);
        path = [...path, (last ?? -1) + 1];
      } else if (last !== undefined) path = [...path, last];
    }
    return path;
  }

  #note(path: KeyPath, line: number): void {
    for (let length = path.length; length > 0; length -= 1) {
      const name = JSON.stringify(path.slice(0, length));
      if (!this.#lines.has(name)) this.#lines.set(name, line);
    }
  }
}

function partsOf(text: string): readonly string[] {
  return [...text.matchAll(new RegExp(keyPart, 'g'))].map(([part]) => {
    if (part.startsWith('"')) return JSON.parse(part) as string;
    return part.startsWith("'") ? part.slice(1, -1) : part;
  });
}
