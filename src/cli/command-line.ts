/** Reads the words behind a subcommand by its record; every refusal is one sentence with the nearest known name. */

import { Command, CommanderError, Option } from 'commander';
import { type OptionRecord, optionNote, type OptionValues, type Subcommand } from './define-subcommand.ts';
import { suggestion } from './nearest.ts';
import { UsageError } from './usage-error.ts';

export interface ParsedCommandLine {
  readonly positional: readonly string[];
  readonly options: OptionValues;
}

/** The command of the command-line library that stands for a record: parser and source of the help. */
export function buildCommand(record: Subcommand): Command {
  const command = new Command(record.name)
    .description(record.summary)
    .helpOption(helpFlags(record), 'Show this help.')
    .allowExcessArguments(false)
    .configureOutput({ writeErr: () => undefined })
    .exitOverride();
  for (const { notation, description } of record.arguments) command.argument(notation, description);
  for (const option of record.options) command.addOption(buildOption(option));
  return command;
}

/** How help is asked for: without `-h` where that stands for something else, as in `du -h`. */
export function helpFlags(record: Subcommand): string {
  return record.options.some(({ flags }) => new Option(flags).short === '-h') ? '--help' : '-h, --help';
}

function buildOption(record: OptionRecord): Option {
  const option = new Option(record.flags, `${record.description}${optionNote(record)}`);
  if (record.group !== undefined) option.helpGroup(record.group);
  if (record.repeatable) {
    option.argParser((value: string, previous: readonly string[] | undefined) => [...(previous ?? []), value]);
  }
  return option;
}

/** Parses `args`. Throws `UsageError`; help must have been looked for before. */
export function parseCommandLine(record: Subcommand, args: readonly string[]): ParsedCommandLine {
  const command = buildCommand(record);
  command.action(() => undefined);
  const counts = countFlags(command, record);
  const ordered = collectOrdered(command, record);
  try {
    command.parse([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) throw new UsageError(sentenceFor(error, record));
    throw error;
  }
  return { positional: command.args, options: { ...command.opts<OptionValues>(), ...counts, ...ordered } };
}

/** How often each repeatable flag is given, counted while the words are parsed. */
function countFlags(command: Command, record: Subcommand): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { flags, repeatable } of record.options) {
    const option = new Option(flags);
    if (repeatable !== true || option.required) continue;
    const name = option.attributeName();
    command.on(`option:${option.name()}`, () => (counts[name] = (counts[name] ?? 0) + 1));
  }
  return counts;
}

/** The values of options that belong together, in the order in which they are given. */
function collectOrdered(command: Command, record: Subcommand): Record<string, string[]> {
  const ordered: Record<string, string[]> = {};
  for (const { flags, orderedAs } of record.options) {
    if (orderedAs === undefined) continue;
    const name = new Option(flags).name();
    command.on(`option:${name}`, (value: string) => (ordered[orderedAs] ??= []).push(`${name} ${value}`));
  }
  return ordered;
}

/** True when the words ask for help: `-h` or `--help` before a `--`, and not as the value of another option. */
export function asksForHelp(record: Subcommand, args: readonly string[]): boolean {
  const takesValue = new Set(
    record.options.flatMap(({ flags }) => {
      const option = new Option(flags);
      return option.required ? [option.short, option.long].filter((name) => name !== undefined) : [];
    }),
  );
  for (const [index, word] of args.entries()) {
    if (word === '--') return false;
    if (
      ((word === '-h' && helpFlags(record).startsWith('-h')) || word === '--help') &&
      !takesValue.has(args[index - 1] ?? '')
    )
      return true;
  }
  return false;
}

function sentenceFor(error: CommanderError, record: Subcommand): string {
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  const help = `"twinline ${record.name} --help" explains`;
  switch (error.code) {
    case 'commander.unknownOption': {
      // What stands behind "=" may be a password.
      const word = quoted.replace(/=.*$/s, '');
      const known = record.options.flatMap(({ flags }) => new Option(flags).long ?? []);
      return `${record.name} has no option "${word}"${suggestion(word, known) || '.'} ${help} all of them.`;
    }
    case 'commander.optionMissingArgument':
      return `The option "${quoted}" needs a value; ${help} it.`;
    case 'commander.missingArgument':
      return `${record.name} needs <${quoted}>; ${help} it.`;
    case 'commander.excessArguments':
      return `${record.name} takes ${countOf(record.arguments.length)}; ${help} it.`;
    default:
      return `${error.message.replace(/^error: /, '').replace(/\s+/g, ' ')}; ${help} the command.`;
  }
}

function countOf(count: number): string {
  if (count === 0) return 'options only and no further words';
  return count === 1 ? 'one word besides its options' : `${count} words besides its options`;
}
