/** A program run to its end with what it has used: time, processor and memory. */

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createTempFolder, runCommand } from '../../src/testing/index.ts';

/** GNU time: Node tells nothing of the memory of a child that has ended. */
const meter = '/usr/bin/time';
const timeoutMs = 180_000;

export interface MeteredRun {
  readonly stdout: string;
  readonly seconds: number;
  /** User and system together. */
  readonly cpuSeconds: number;
  /** The most resident memory that it has had. */
  readonly peakMib: number;
}

/** Rejects with what the program said unless it ended well. */
export async function runMetered(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<MeteredRun> {
  if (!existsSync(meter)) throw new Error(`${meter} is not there; it is GNU time, Debian's package "time".`);
  await using folder = await createTempFolder('twinline-bench-meter-');
  const file = folder.join('used');
  const words = ['-q', '-o', file, '-f', '%U %S %M', command, ...args];
  const result = await runCommand(meter, words, { env: { HOME: folder.path, ...env }, timeoutMs });
  if (result.exitCode !== 0) {
    const how = result.timedOut ? `did not end in ${timeoutMs / 1000} s` : `ended with ${result.exitCode}`;
    throw new Error(`${command} ${how}: ${result.stderr.trim()}`);
  }
  const [user = 0, system = 0, kib = 0] = (await readFile(file, 'latin1')).trim().split(' ').map(Number);
  return {
    stdout: result.stdout.toString(),
    seconds: result.durationMs / 1000,
    cpuSeconds: user + system,
    peakMib: kib / 1024,
  };
}
