/** Raw readers and writers, each in a process of its own, started at once. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cpuSeconds } from '../../test/fixtures/peers/index.ts';

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
  /** The same of the server's processes, logins left out; 0 where no server was named. */
  readonly serverCpuSeconds: number;
}

interface Runner {
  readonly child: ChildProcess;
  readonly ready: Promise<unknown>;
  readonly result: Promise<RawResult>;
  readonly ended: Promise<void>;
}

function start(order: RawOrder): Runner {
  const child = spawn(process.execPath, [program, JSON.stringify(order)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  // It may have ended before it is told to start; how it ended says why.
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout });
  const ready = once(lines, 'line');
  const result = ready
    .then(() => once(lines, 'line'))
    .then(([line]: unknown[]) => JSON.parse(String(line)) as RawResult);
  const ended = once(child, 'close').then(() => {
    if (child.exitCode === 0) return;
    throw new Error(`The raw transfer ended with ${child.exitCode ?? child.signalCode}: ${said.trim()}`);
  });
  ended.catch(() => {});
  return { child, ready, result, ended };
}

/** What all runners say at one point, or the failure of the first that ends without it. */
async function fromAll<T>(runners: readonly Runner[], what: (runner: Runner) => Promise<T>): Promise<T[]> {
  const failed = Promise.all(runners.map(({ ended }) => ended)).then(() => {
    throw new Error('A raw transfer ended without a result.');
  });
  return Promise.race([Promise.all(runners.map(what)), failed]);
}

/**
 * Moves all orders at once, logins and connections left out. Rejects when one fails, and ends the others. `serverPid` is the
 * process whose tree serves them.
 */
export async function rawTransfers(orders: readonly RawOrder[], serverPid?: number): Promise<RawTotal> {
  const runners = orders.map(start);
  const serverCpu = () => (serverPid === undefined ? 0 : cpuSeconds(serverPid));
  try {
    await fromAll(runners, ({ ready }) => ready);
    const before = serverCpu();
    for (const { child } of runners) child.stdin?.write('go\n');
    const results = await fromAll(runners, ({ result }) => result);
    // The sessions are still open, so that their processes are there to be asked.
    const serverCpuSeconds = serverCpu() - before;
    for (const { child } of runners) child.stdin?.end();
    await Promise.all(runners.map(({ ended }) => ended));
    const first = Math.min(...results.map(({ startedAt }) => startedAt));
    const last = Math.max(...results.map(({ endedAt }) => endedAt));
    const loadSeconds = results.reduce((sum, result) => sum + result.cpuSeconds, 0);
    return { seconds: (last - first) / 1000, cpuSeconds: loadSeconds, serverCpuSeconds };
  } finally {
    for (const { child } of runners) child.kill('SIGKILL');
  }
}

/** One stream; gives seconds from the command to the final reply. */
export async function rawTransferSeconds(order: RawOrder): Promise<number> {
  return (await rawTransfers([order])).seconds;
}
