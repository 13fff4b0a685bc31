/** Reads lines, from a person at a terminal or from a script, and runs them. */

import { createInterface } from 'node:readline/promises';
import type { Interface } from 'node:readline/promises';
import { printable } from '../../protocol/index.ts';
import { describeError } from '../describe-error.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import { completeShellLine, ListingCache, type NamedEntry } from './shell-completion.ts';
import { placesOf, runShellCommand, shellCommandNames } from './shell-commands.ts';
import { historyFile, loadHistory, maxHistoryLines, saveHistory } from './shell-history.ts';
import type { ShellState } from './shell-state.ts';
import { splitShellLine } from './shell-words.ts';

export interface ScriptOptions {
  /** Ends at the first command that fails. */
  readonly stopsAtFailure: boolean;
}

/** Runs the commands of one line; the exit code of the last one that failed, or 0. Errors are told and not thrown. */
export async function runShellLine(shell: ShellState, line: string, options: ScriptOptions): Promise<number> {
  let worst: number = exitCodes.ok;
  try {
    for (const words of splitShellLine(line)) {
      const code = await runToldCommand(shell, words);
      if (code !== exitCodes.ok) worst = code;
      if (shell.isOver || (code !== exitCodes.ok && options.stopsAtFailure)) break;
    }
  } catch (error) {
    return tell(shell, error);
  }
  return worst;
}

async function runToldCommand(shell: ShellState, words: readonly string[]): Promise<number> {
  try {
    return await runShellCommand(shell, words);
  } catch (error) {
    return tell(shell, error);
  }
}

function tell(shell: ShellState, error: unknown): number {
  shell.output.stderr.write(describeError(error));
  return exitCodeOf(error);
}

/** Runs every line of a script. The exit code is that of the last command that failed. */
export async function runScript(
  shell: ShellState,
  lines: AsyncIterable<string> | Iterable<string>,
  options: ScriptOptions,
): Promise<number> {
  let worst: number = exitCodes.ok;
  for await (const line of lines) {
    const code = await runShellLine(shell, line, options);
    if (code !== exitCodes.ok) worst = code;
    if (shell.isOver || (code !== exitCodes.ok && options.stopsAtFailure)) break;
  }
  return worst;
}

/** Talks with a person until `exit` or the end of the input. */
export async function runTerminal(shell: ShellState, input: NodeJS.ReadStream): Promise<number> {
  const file = historyFile();
  let history = await loadHistory(file);
  const cache = new ListingCache((path) => listForCompletion(shell, path));
  while (!shell.isOver) {
    // A new reader for each line: in between, the terminal is the command's, and Ctrl-C reaches it as a signal.
    const reader = createInterface({
      input,
      output: process.stderr,
      history: [...history],
      historySize: maxHistoryLines,
      removeHistoryDuplicates: true,
      completer: (line: string) =>
        completeShellLine(line, {
          commandNames: shellCommandNames,
          command: placesOf,
          listRemote: (path) => cache.list(path),
          place: shell,
        }),
    });
    const line = await ask(reader, `${printable(shell.directory || '~')}> `);
    reader.close();
    if (line === undefined) {
      // Ctrl-D leaves the cursor behind the prompt, where the prompt of the other shell would follow.
      process.stderr.write('\n');
      break;
    }
    if (line.trim() === '') continue;
    history = [line, ...history.filter((known) => known !== line)].slice(0, maxHistoryLines);
    await saveHistory(file, history);
    await runShellLine(shell, line, { stopsAtFailure: false });
    cache.forget();
  }
  return exitCodes.ok;
}

/** The next line; empty behind Ctrl-C, undefined at the end of the input. */
async function ask(reader: Interface, prompt: string): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  reader.once('SIGINT', () => {
    process.stderr.write('\n');
    resolve('');
  });
  reader.once('close', () => resolve(undefined));
  reader.question(prompt).then(resolve, () => resolve(undefined));
  return promise;
}

async function listForCompletion(shell: ShellState, path: string): Promise<readonly NamedEntry[]> {
  const names: NamedEntry[] = [];
  await shell.pool.use(async (client) => {
    for await (const entry of client.list(path === '' ? undefined : path.replace(/(?<=.)\/+$/, ''))) {
      if (entry.raw === undefined) names.push({ name: entry.name, isFolder: entry.type === 'directory' });
    }
  });
  return names;
}
