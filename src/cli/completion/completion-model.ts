/** What can be completed behind `twinline`, made from the records of the subcommands. */

import { Option } from 'commander';
import { helpFlags } from '../command-line.ts';
import type { ArgumentRecord, OptionRecord, Subcommand } from '../define-subcommand.ts';

/** What may stand in a place: nothing that is known, a file or folder here, a URL or a bookmark, or one of some words. */
export type Completion =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'path' }
  | { readonly kind: 'url' }
  | { readonly kind: 'words'; readonly words: readonly string[] };

export interface CompletedOption {
  /** `-o` and `--output`, in this order; one of them may be missing. */
  readonly names: readonly string[];
  readonly description: string;
  /** Undefined for a flag. */
  readonly value: Completion | undefined;
}

export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  /** By position. */
  readonly arguments: readonly Completion[];
  /** The last argument may stand several times. */
  readonly repeatsLast: boolean;
}

/** Names of places that hold a path of this machine. */
const pathWords: ReadonlySet<string> = new Set('file files folder folders dir directory path program local'.split(' '));

function completionOf(notation: string): Completion {
  const inner = notation.replaceAll(/[<>[\].]/g, '');
  // `from` and `to` may be either; what is offered for a URL has the files of this machine as well.
  if (/^(?:urls?|from|to)$/.test(inner)) return { kind: 'url' };
  // `<1.2|1.3>` has lost its dots above.
  const words = /^[<[]([^<>[\]]+)[>\]]$/.exec(notation)?.[1]?.split('|') ?? [];
  if (words.length > 1 && words.every((word) => /^[a-z0-9.-]+$/.test(word))) return { kind: 'words', words };
  return pathWords.has(inner) ? { kind: 'path' } : { kind: 'unknown' };
}

function completedOption({ flags, description }: OptionRecord): CompletedOption {
  const option = new Option(flags);
  const value = /[<[].*$/.exec(flags)?.[0];
  return {
    names: [option.short, option.long].filter((name) => name !== undefined),
    description,
    value: value === undefined ? undefined : completionOf(value),
  };
}

function completedArgument({ notation, choices }: ArgumentRecord): Completion {
  return choices === undefined ? completionOf(notation) : { kind: 'words', words: choices };
}

/** The places of one subcommand. */
export function completedCommand(record: Subcommand): CompletedCommand {
  const help = { flags: helpFlags(record), description: 'Show this help.' };
  return {
    name: record.name,
    summary: record.summary,
    options: [...record.options, help].map(completedOption),
    arguments: record.arguments.map(completedArgument),
    repeatsLast: record.arguments.at(-1)?.notation.includes('...') === true,
  };
}
