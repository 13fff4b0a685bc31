/** A command on a host of a topology: with the terminal, the signals and the exit code of this process. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants as fileConstants, stat } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import {
  findTopology,
  hostNames,
  namespaceOf,
  requirePrivilege,
  startProblem,
  toolPath,
  TopologyError,
} from '../../lab/index.ts';
import type { Output } from '../output.ts';
import { UsageError } from '../usage-error.ts';

const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** As a shell reports a program that there is not, and one that may not be executed. */
const startCodes = { ENOENT: 127, EACCES: 126 } as const;

/**
 * Resolves with the exit code of the command, 128 and the number of the signal that ended it, or as a shell where it cannot be
 * started.
 */
export async function runOnHost(
  name: string,
  hostWord: string,
  command: readonly string[],
  output: Output,
): Promise<number> {
  const host = hostNames.find((known) => known === hostWord);
  if (host === undefined) throw new UsageError(`"${hostWord}" is no host: use ${hostNames.join(', ')}.`);
  const [program] = command;
  if (program === undefined) throw new UsageError(`Put the command behind --: twinline topology exec ${host} -- ls.`);
  requirePrivilege();
  const found = await findTopology(name);
  if (found?.plan === undefined) {
    throw new TopologyError(`The topology "${name}" is not up: twinline topology up --name ${name} builds it.`);
  }
  const refusal = await startRefusal(program);
  if (refusal !== undefined) {
    output.stderr.write(`twinline: ${startProblem(program, refusal)}\n`);
    return startCodes[refusal.code];
  }
  // `ip` becomes the command itself, so that signals reach it and its end is told here.
  const child = spawn('ip', ['netns', 'exec', namespaceOf(name, host), ...command], {
    stdio: 'inherit',
    env: { ...process.env, PATH: toolPath },
  });
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  // A terminal tells the whole group of Ctrl-C: this process waits for what the command makes of it.
  const wait = (): void => undefined;
  for (const signal of passedOn) process.on(signal, signal === 'SIGINT' && process.stdin.isTTY ? wait : pass);
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + (constants.signals[signal ?? 'SIGKILL'] ?? 0);
  } finally {
    for (const signal of passedOn) process.off(signal, pass).off(signal, wait);
  }
}

/** Looked for before `ip` does, which has one exit code for all that it cannot start. */
async function startRefusal(
  program: string,
): Promise<(Error & { readonly code: keyof typeof startCodes }) | undefined> {
  const folders = program.includes('/') ? [''] : toolPath.split(':');
  let code: keyof typeof startCodes = 'ENOENT';
  for (const folder of folders) {
    const place = join(folder, program);
    try {
      if (!(await stat(place)).isFile()) throw Object.assign(new Error(place), { code: 'EACCES' });
      await access(place, fileConstants.X_OK);
      return undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EACCES') code = 'EACCES';
    }
  }
  return Object.assign(new Error(code), { code });
}
