/** What can be said in the shell: its own commands, and the subcommands of the client with paths in place of URLs. */

import { completedCommand, type CompletedCommand } from '../completion/completion-model.ts';
import type { Subcommand } from '../define-subcommand.ts';
import { exitCodes } from '../exit-codes.ts';
import { suggestion } from '../nearest.ts';
import { subcommands } from '../subcommands/index.ts';
import { UsageError } from '../usage-error.ts';
import { builtins, type ShellBuiltin } from './builtins.ts';
import { isElsewhere, shellScheme } from './shell-place.ts';
import type { ShellState } from './shell-state.ts';

/** Subcommands that work on the server of the shell. */
const clientCommands: ReadonlySet<string> = new Set(
  'get put cat ls tree du stat mkdir rm mv chmod hash quote mirror sync-check'.split(' '),
);

/** Names from other shells of this kind. */
const aliases: Readonly<Record<string, string>> = {
  dir: 'ls',
  del: 'rm',
  delete: 'rm',
  rename: 'mv',
  mget: 'get',
  mput: 'put',
};

/** Commands that mean the folder of the shell when no path is given. */
const listing: ReadonlySet<string> = new Set(['ls', 'tree', 'du']);

const entries = subcommands.filter(({ name }) => clientCommands.has(name));

export const shellCommandNames: readonly string[] = [
  ...entries.map(({ name }) => name),
  ...builtins.flatMap(({ names }) => names),
  'help',
].toSorted();

function builtinOf(name: string): ShellBuiltin | undefined {
  return builtins.find(({ names }) => names.includes(name));
}

async function subcommandOf(name: string): Promise<Subcommand | undefined> {
  return entries.find((entry) => entry.name === (aliases[name] ?? name))?.load();
}

/** The places of a command, for completion. */
export async function placesOf(name: string): Promise<CompletedCommand | undefined> {
  const builtin = builtinOf(name);
  if (builtin !== undefined) {
    const { names, summary } = builtin;
    const places = { ...builtin, name: names[0], summary, options: [], examples: [], run: () => Promise.resolve(0) };
    return completedCommand(places);
  }
  const record = await subcommandOf(name);
  return record === undefined ? undefined : completedCommand(record);
}

function remote(word: string): string {
  return isElsewhere(word) ? word : `${shellScheme}${word}`;
}

/** The words of a command line outside the shell that mean the same. */
function adapted(record: Subcommand, positional: readonly string[], isUp: boolean): readonly string[] {
  switch (record.name) {
    case 'put':
      return positional.length < 2
        ? [...positional, remote('./')]
        : [...positional.slice(0, -1), remote(positional.at(-1) ?? '')];
    case 'quote':
      return [remote('.'), ...positional];
    case 'mirror':
    case 'sync-check': {
      const [source = '.', target = '.'] = positional;
      return isUp ? [source, remote(target)] : [remote(source), target];
    }
    default: {
      const last = record.arguments.length - 1;
      return positional.map((word, index) =>
        /url/.test(record.arguments[Math.min(index, last)]?.notation ?? '') ? remote(word) : word,
      );
    }
  }
}

/** Runs one command. Resolves with its exit code; throws what the command throws. */
export async function runShellCommand(shell: ShellState, words: readonly string[]): Promise<number> {
  const [name = '', ...rest] = words;
  const builtin = builtinOf(name);
  if (builtin !== undefined) {
    await builtin.run(shell, rest);
    return exitCodes.ok;
  }
  if (name === 'help' || name === '?') return help(shell, rest[0]);
  const record = await subcommandOf(name);
  if (record === undefined) {
    throw new UsageError(
      `There is no command "${name}"${suggestion(name, shellCommandNames) || '.'} "help" lists all.`,
    );
  }
  return runSubcommand(shell, record, rest);
}

async function runSubcommand(shell: ShellState, record: Subcommand, words: readonly string[]): Promise<number> {
  const { asksForHelp, parseCommandLine } = await import('../command-line.ts');
  if (asksForHelp(record, words)) return help(shell, record.name);
  // As other clients have it: the folder here is the source.
  const isUp = words.includes('-R') && (record.name === 'mirror' || record.name === 'sync-check');
  const kept = isUp ? words.filter((word) => word !== '-R') : words;
  const needsPath = listing.has(record.name) && kept.every((word) => word.startsWith('-'));
  const relaxed = {
    ...record,
    arguments: record.arguments.map((place) => ({ ...place, notation: optional(place.notation) })),
  };
  const { positional, options } = parseCommandLine(relaxed, needsPath ? [...kept, '.'] : kept);
  return record.run(adapted(record, positional, isUp), options, shell.output);
}

/** `<url>` as `[url]`: what the shell adds by itself must not be missed before. */
function optional(notation: string): string {
  return notation.replace(/^<(.*)>$/, '[$1]');
}

async function help(shell: ShellState, name: string | undefined): Promise<number> {
  const record = name === undefined ? undefined : await subcommandOf(name);
  const { stdout } = shell.output;
  if (record !== undefined) {
    const { subcommandHelp } = await import('../help.ts');
    stdout.write(subcommandHelp(record));
    return exitCodes.ok;
  }
  const builtin = name === undefined ? undefined : builtinOf(name);
  if (name !== undefined && builtin === undefined) {
    throw new UsageError(`There is no command "${name}"${suggestion(name, shellCommandNames) || '.'}`);
  }
  const rows = builtin === undefined ? allRows() : [rowOf(builtin)];
  const width = Math.max(...rows.map(([left]) => left.length));
  for (const [left, right] of rows) stdout.write(`  ${left.padEnd(width)}  ${right}\n`);
  return exitCodes.ok;
}

function rowOf({ names, arguments: places, summary }: ShellBuiltin): readonly [string, string] {
  const words = places.map(({ notation }) => notation.replace('url', 'folder'));
  return [[names.join(', '), ...words].join(' '), summary];
}

function allRows(): readonly (readonly [string, string])[] {
  return [
    ...entries.map(({ name, summary }) => [name, summary] as const),
    ...builtins.map(rowOf),
    ['help [command]', 'Show this, or the help of a command, in which URLs stand for paths of the server.'] as const,
  ];
}
