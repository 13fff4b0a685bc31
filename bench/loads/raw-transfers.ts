/** Raw readers and writers, each in a process of its own, started at once. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const timeoutMs = 180_000;
const program = join(import.meta.dirname, 'raw-transfer.ts');

export interface RawOrder {
  readonly mode: 'get' | 'put' | 'raw-get' | 'raw-put';
  /** Default true. */
  readonly tls?: boolean;
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
  readonly path: string;
  readonly bytes: number;
}

/** What one process tells: the clock's ends as milliseconds since 1970, and its own processor time between them. */
export interface RawResult {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly cpuSeconds: number;
}

export interface RawTotal {
  /** From the first start to the last end. */
  readonly seconds: number;
  /** Processor time of all the load generators. */
  readonly cpuSeconds: number;
}

interface Runner {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  readonly result: Promise<RawResult>;
}

function start(order: RawOrder): Runner {
  const child = spawn(process.execPath, [program, JSON.stringify(order)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  // It may have ended before it is told to start; its result says why.
  child.stdin.on('error', () => {});
  const { promise: ready, resolve: isReady } = Promise.withResolvers<void>();
  let answer: RawResult | undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'ready') isReady();
    else answer = JSON.parse(line) as RawResult;
  });
  const result = once(child, 'close').then(() => {
    if (answer !== undefined && child.exitCode === 0) return answer;
    throw new Error(`The raw transfer ended with ${child.exitCode ?? child.signalCode}: ${said.trim()}`);
  });
  result.catch(() => {});
  return { child, ready, result };
}

/** Moves all orders at once, logins and connections left out. Rejects when one fails, and ends the others. */
export async function rawTransfers(orders: readonly RawOrder[]): Promise<RawTotal> {
  const runners = orders.map(start);
  try {
    await Promise.all(runners.map(({ ready, result }) => Promise.race([ready, result])));
    for (const { child } of runners) child.stdin?.end('go\n');
    const results = await Promise.all(runners.map(({ result }) => result));
    const first = Math.min(...results.map(({ startedAt }) => startedAt));
    const last = Math.max(...results.map(({ endedAt }) => endedAt));
    const cpuSeconds = results.reduce((sum, result) => sum + result.cpuSeconds, 0);
    return { seconds: (last - first) / 1000, cpuSeconds };
  } finally {
    for (const { child } of runners) child.kill('SIGKILL');
  }
}

/** One stream; gives seconds from the command to the final reply. */
export async function rawTransferSeconds(order: RawOrder): Promise<number> {
  return (await rawTransfers([order])).seconds;
}
