/** Many small files by the raw generator, in a process of its own. */

import { join } from 'node:path';
import { runCommand } from '../../src/testing/index.ts';

export interface SmallOrder {
  readonly mode: 'get' | 'put' | 'raw-get' | 'raw-put';
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
  /** An asterisk stands for the number of the file. */
  readonly path: string;
  readonly count: number;
  /** Of each file. */
  readonly bytes: number;
}

export interface SmallResult {
  /** From the first command to the last reply. */
  readonly elapsedMs: number;
  /** Of the generator. */
  readonly cpuSeconds: number;
}

const digits = 5;
const timeoutMs = 180_000;

/** The path of one file, counted from 1. */
export const pathOf = (pattern: string, index: number): string =>
  pattern.replace('*', String(index).padStart(digits, '0'));

/** The paths of the first `count` files as curl writes a range. */
export const rangeOf = (pattern: string, count: number): string =>
  pattern.replace('*', `[${pathOf('*', 1)}-${pathOf('*', count)}]`);

/** Moves them one after the other. */
export async function smallTransfers(order: SmallOrder): Promise<SmallResult> {
  const program = join(import.meta.dirname, 'small-transfer.ts');
  const result = await runCommand(process.execPath, [program, JSON.stringify(order)], { timeoutMs });
  if (result.exitCode === 0) return JSON.parse(result.stdout.toString()) as SmallResult;
  const how = result.timedOut ? `did not end in ${timeoutMs / 1000} s` : `ended with ${result.exitCode}`;
  throw new Error(`The raw generator ${how}: ${result.stderr.trim()}`);
}
