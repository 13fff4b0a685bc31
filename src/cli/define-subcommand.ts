/** A subcommand is one record: help, manual pages, completion and the parser are made from it. */

import type { Output } from './output.ts';

/** One option, in the notation of the command-line library: `-o, --output <file>`, `--tls-max <1.2|1.3>`, `-v`. */
export interface OptionRecord {
  readonly flags: string;
  readonly description: string;
  /** Shown in the help; the subcommand itself applies it. */
  readonly defaultText?: string;
  /** May be given several times; its value is then an array, or how often a flag was given. */
  readonly repeatable?: boolean;
  /**
   * Collects the values of several options in the order of the command line, under this key and each with the name of its
   * option in front: `exclude *.tmp`.
   */
  readonly orderedAs?: string;
  /** The heading of the help that it stands under, where that is not "Options:". */
  readonly group?: string;
}

/** What help and manual say behind the description: ` (repeatable, default: 5)`, or nothing. */
export function optionNote({ repeatable, defaultText }: OptionRecord): string {
  const notes = [repeatable ? 'repeatable' : '', defaultText ? `default: ${defaultText}` : ''].filter(Boolean);
  return notes.length === 0 ? '' : ` (${notes.join(', ')})`;
}

/** Values by long option name in camelCase: a string, `true` for a flag, an array or a count for a repeatable one. */
export type OptionValues = Readonly<Record<string, string | boolean | number | readonly string[] | undefined>>;

/** A positional argument in the notation of the command-line library: `<url>`, `[files...]`. */
export interface ArgumentRecord {
  readonly notation: string;
  readonly description: string;
  /** The words that it may be, for completion. */
  readonly choices?: readonly string[];
}

export interface Subcommand {
  readonly name: string;
  readonly summary: string;
  readonly arguments: readonly ArgumentRecord[];
  readonly options: readonly OptionRecord[];
  /** Whole command lines with a word on each. */
  readonly examples: readonly { readonly line: string; readonly says: string }[];
  /** Further text of the help and the manual page. */
  readonly notes?: readonly string[];
  /** Runs it; resolves with the exit code (`exit-codes.ts`). Errors of Twinline are thrown and printed by `main.ts`. */
  run(positional: readonly string[], options: OptionValues, output: Output): Promise<number>;
}

export function defineSubcommand(subcommand: Subcommand): Subcommand {
  return subcommand;
}
