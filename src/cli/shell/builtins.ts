/** The shell's own commands: those about where one is, and about the shell itself. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chdir, cwd } from 'node:process';
import { TwinlineError } from '../../errors/index.ts';
import { printable } from '../../protocol/index.ts';
import type { ArgumentRecord } from '../define-subcommand.ts';
import { fileProblem } from '../file-problem.ts';
import { UsageError } from '../usage-error.ts';
import type { ShellState } from './shell-state.ts';

export interface ShellBuiltin {
  readonly names: readonly [string, ...string[]];
  readonly summary: string;
  readonly arguments: readonly ArgumentRecord[];
  run(shell: ShellState, words: readonly string[]): Promise<void> | void;
}

const remoteFolder: ArgumentRecord = {
  notation: '[url]',
  description: 'a folder of the server; "-" is the one before',
};
const localFolder: ArgumentRecord = { notation: '[folder]', description: 'a folder of this machine' };

function say(shell: ShellState, text: string): void {
  shell.output.stdout.write(`${text}\n`);
}

function changeLocal(folder: string): void {
  try {
    chdir(folder);
  } catch (cause) {
    const message = `Not gone to "${printable(folder)}" here: ${fileProblem(cause)}.`;
    throw new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message, { cause });
  }
}

async function runLocally(words: readonly string[]): Promise<void> {
  const command = words.join(' ');
  if (command === '') throw new UsageError('"!" needs a command of this machine behind it.');
  const child = spawn(command, { shell: true, stdio: 'inherit' });
  await once(child, 'close');
}

export const builtins: readonly ShellBuiltin[] = [
  {
    names: ['cd'],
    summary: 'Go to a folder of the server; without one to that of the login.',
    arguments: [remoteFolder],
    run: (shell, [folder]) => shell.changeDirectory(folder ?? (shell.loginDirectory || '/')),
  },
  {
    names: ['pwd'],
    summary: 'Show the folder of the server.',
    arguments: [],
    run: (shell) => say(shell, printable(shell.directory === '' ? '(the folder of the login)' : shell.directory)),
  },
  {
    names: ['lcd'],
    summary: 'Go to a folder of this machine.',
    arguments: [localFolder],
    run: (_shell, [folder]) => changeLocal(folder ?? process.env['HOME'] ?? '.'),
  },
  { names: ['lpwd'], summary: 'Show the folder of this machine.', arguments: [], run: (shell) => say(shell, cwd()) },
  {
    names: ['!'],
    summary: 'Run a command of this machine, as in: ! ls -l',
    arguments: [{ notation: '<command...>', description: 'the command' }],
    run: (_shell, words) => runLocally(words),
  },
  {
    names: ['exit', 'quit', 'bye'],
    summary: 'Leave.',
    arguments: [],
    run: (shell) => {
      shell.isOver = true;
    },
  },
];
