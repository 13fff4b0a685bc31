/** A subcommand is one record: help, manual pages, completion and the parser are made from it. */

import type { Output } from './output.ts';

/** One option, in the notation of the command-line library: `-o, --output <file>`, `--listen <host:port>`, `-v`. */
export interface OptionRecord {
  readonly flags: string;
  readonly description: string;
  /** Shown in the help; the subcommand itself applies it. */
  readonly defaultText?: string;
  /** May be given several times; its value is then an array. */
  readonly repeatable?: boolean;
  /** The heading of the help that it stands under, where that is not "Options:". */
  readonly group?: string;
}

/** Values by long option name in camelCase: a string, `true` for a flag, an array for a repeatable option. */
export type OptionValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

export interface Subcommand {
  readonly name: string;
  readonly summary: string;
  /** Positional arguments in the notation of the command-line library: `<url>`, `[files...]`. */
  readonly arguments: readonly { readonly notation: string; readonly description: string }[];
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
