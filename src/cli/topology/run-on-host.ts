/** A command on a host of a topology: with the terminal, the signals and the exit code of this process. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { findTopology, hostNames, namespaceOf, requirePrivilege, toolPath, TopologyError } from '../../lab/index.ts';
import { UsageError } from '../usage-error.ts';

const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Resolves with the exit code of the command, 128 and the number of the signal that ended it. */
export async function runOnHost(name: string, hostWord: string, command: readonly string[]): Promise<number> {
  const host = hostNames.find((known) => known === hostWord);
  if (host === undefined) throw new UsageError(`"${hostWord}" is no host: use ${hostNames.join(', ')}.`);
  if (command.length === 0) throw new UsageError(`Put the command behind --: twinline topology exec ${host} -- ls.`);
  requirePrivilege();
  const found = await findTopology(name);
  if (found?.plan === undefined) {
    throw new TopologyError(`The topology "${name}" is not up: twinline topology up --name ${name} builds it.`);
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
