/** Runs one command line: finds the subcommand, loads it, and turns what goes wrong into one sentence and an exit code. */

import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { suggestion } from './nearest.ts';
import type { Subcommand } from './define-subcommand.ts';
import type { Output } from './output.ts';
import { packageVersion } from './package-version.ts';
import { type SubcommandEntry, subcommands } from './subcommands/index.ts';
import { UsageError } from './usage-error.ts';

/** Runs `twinline <args>` and resolves with the exit code. Never rejects. */
export async function runCommandLine(args: readonly string[], output: Output): Promise<number> {
  try {
    return await dispatch(args, output);
  } catch (error) {
    const { describeError } = await import('./describe-error.ts');
    output.stderr.write(describeError(error));
    return exitCodeOf(error);
  }
}

async function dispatch(args: readonly string[], output: Output): Promise<number> {
  const [first, ...rest] = args;
  if (first === '--version' || first === '-V') {
    output.stdout.write(`${await packageVersion()}\n`);
    return exitCodes.ok;
  }
  if (first === undefined) {
    output.stderr.write(await generalHelpText());
    return exitCodes.usage;
  }
  if (first === '--help' || first === '-h' || (first === 'help' && rest.length === 0)) {
    output.stdout.write(await generalHelpText());
    return exitCodes.ok;
  }
  if (first === 'help') return runSubcommand(findSubcommand(rest[0] ?? ''), ['--help'], output);
  return runSubcommand(findSubcommand(first), rest, output);
}

async function runSubcommand(entry: SubcommandEntry, args: readonly string[], output: Output): Promise<number> {
  const [record, { asksForHelp, parseCommandLine }] = await Promise.all([entry.load(), import('./command-line.ts')]);
  if (asksForHelp(record, args)) {
    checkAction(record, args[0]);
    const { subcommandHelp } = await import('./help.ts');
    output.stdout.write(subcommandHelp(record));
    return exitCodes.ok;
  }
  const { positional, options } = parseCommandLine(record, args);
  return record.run(positional, options, output);
}

/** Help on a word that the subcommand does not know would look as if it did. */
function checkAction({ name, arguments: [first] }: Subcommand, word = '-'): void {
  const choices = first?.choices;
  if (choices === undefined || word.startsWith('-') || choices.includes(word)) return;
  throw new UsageError(`twinline ${name} takes ${choices.join(', ')}, not "${word}".`);
}

function findSubcommand(word: string): SubcommandEntry {
  const found = subcommands.find(({ name }) => name === word);
  if (found !== undefined) return found;
  if (word.startsWith('-')) {
    const hint = suggestion(word, ['--help', '--version']) || '.';
    throw new UsageError(`twinline has no option "${word}"${hint} Options of a command stand behind its name.`);
  }
  if (/^(ftp|ftps|ftpes):\/\//i.test(word)) {
    throw new UsageError('A URL needs a command before it, for example: twinline get URL.');
  }
  const hint =
    suggestion(
      word,
      subcommands.map(({ name }) => name),
    ) || '.';
  throw new UsageError(`There is no command "${word}"${hint} "twinline --help" lists all of them.`);
}

async function generalHelpText(): Promise<string> {
  const { generalHelp } = await import('./help.ts');
  return generalHelp(await packageVersion());
}
