/** Lines of the shell as words: blanks part them, quotes and backslashes keep them together, `;` parts commands. */

import { UsageError } from '../usage-error.ts';

export interface ShellWord {
  readonly text: string;
  /** Where it begins in the line, its quote included. */
  readonly start: number;
  /** The quote that is open at the end of the line. */
  readonly openQuote?: '"' | "'";
}

/** What a line holds so far; an open quote is no mistake while it is typed. */
export interface ShellLine {
  /** The words of each command. */
  readonly commands: readonly (readonly ShellWord[])[];
  /** The line ends in a blank or nothing: the next letter begins a new word. */
  readonly isBetweenWords: boolean;
}

export function readShellLine(line: string): ShellLine {
  const reader = new LineReader();
  for (let at = 0; at < line.length; at++) at = reader.take(line, at);
  return reader.finish();
}

class LineReader {
  readonly #commands: ShellWord[][] = [[]];
  #word: { text: string; start: number } | undefined;
  #quote: '"' | "'" | undefined;

  /** Reads what stands at `at`; the position of its last letter. */
  take(line: string, at: number): number {
    const letter = line[at] ?? '';
    if (this.#quote !== undefined) return this.#takeQuoted(line, at, letter);
    if (letter === '#' && this.#word === undefined) return line.length;
    if (letter === ' ' || letter === '\t') this.#endWord();
    else if (letter === ';') {
      this.#endWord();
      this.#commands.push([]);
    } else if (letter === '"' || letter === "'") {
      this.#wordAt(at);
      this.#quote = letter;
    } else if (letter === '\\' && at + 1 < line.length) {
      this.#wordAt(at).text += line[at + 1];
      return at + 1;
    } else this.#wordAt(at).text += letter;
    return at;
  }

  #takeQuoted(line: string, at: number, letter: string): number {
    if (letter === this.#quote) {
      this.#quote = undefined;
      return at;
    }
    const next = line[at + 1];
    if (letter === '\\' && this.#quote === '"' && (next === '"' || next === '\\')) {
      this.#wordAt(at).text += next;
      return at + 1;
    }
    this.#wordAt(at).text += letter;
    return at;
  }

  #wordAt(start: number): { text: string; start: number } {
    this.#word ??= { text: '', start };
    return this.#word;
  }

  #endWord(): void {
    if (this.#word !== undefined) this.#commands.at(-1)?.push(this.#word);
    this.#word = undefined;
  }

  finish(): ShellLine {
    const isBetweenWords = this.#word === undefined;
    if (this.#word !== undefined && this.#quote !== undefined) {
      this.#commands.at(-1)?.push({ ...this.#word, openQuote: this.#quote });
      this.#word = undefined;
    }
    this.#endWord();
    return { commands: this.#commands, isBetweenWords };
  }
}

/** The commands of a line, as words. Throws `UsageError` where a quote is left open. */
export function splitShellLine(line: string): readonly (readonly string[])[] {
  const { commands } = readShellLine(line);
  if (commands.some((words) => words.some(({ openQuote }) => openQuote !== undefined))) {
    throw new UsageError('A quote is not closed.');
  }
  return commands.map((words) => words.map(({ text }) => text)).filter((words) => words.length > 0);
}

/** The word so that `readShellLine` reads it back. */
export function quoteForShell(text: string): string {
  if (text !== '' && !/[\s;'"\\]|^#/.test(text)) return text;
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
