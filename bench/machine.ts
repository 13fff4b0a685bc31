/** What a result depends on besides the code: the machine and the versions. */

import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, release, totalmem, type as systemName } from 'node:os';

function firstLine(command: string, args: readonly string[]): string {
  const told = spawnSync(command, args, { encoding: 'utf8', timeout: 5000 });
  return told.status === 0 ? (told.stdout.split('\n')[0] ?? '') : `${command}: not there`;
}

/** One line for each fact. */
export function machineFacts(): string[] {
  const processors = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  return [
    `${processors.length} × ${processors[0]?.model ?? 'unknown processor'}, ${memory} GiB`,
    `${systemName()} ${release()}`,
    `Node ${process.versions.node} with OpenSSL ${process.versions.openssl}`,
    firstLine('openssl', ['version']),
    firstLine('curl', ['--version']).split(' ').slice(0, 2).join(' '),
  ];
}

/** Half a processor and less is what a machine does by itself. */
const idleLoad = 0.5;

/** A sentence for whoever is about to measure a machine that does something else; `undefined` where it is free. */
export function busyWith(): string | undefined {
  const [load = 0] = loadavg();
  if (load <= idleLoad) return undefined;
  return (
    `This machine had other work in the last minute: a load of ${load.toFixed(1)} on ${availableParallelism()} processors. ` +
    'What is measured beside such work is lower, and differs from round to round.'
  );
}
