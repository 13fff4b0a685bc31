/** Other programs as tests need them: bounded in time, output kept, ended by process id. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { within } from './deadline.ts';

export interface CommandOptions {
  readonly cwd?: string;
  /** Added to this process's environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Written to the program's standard input, which is then closed. */
  readonly input?: string | Uint8Array;
  /** After this many milliseconds the program gets SIGKILL and the result says `timedOut`. Default 60,000. */
  readonly timeoutMs?: number;
  /** A program that prints more than this gets SIGKILL and the result says `printedTooMuch`. Default: no bound. */
  readonly maxOutputBytes?: number;
  /** The program leads a process group of its own, and what is left of the group when the program has ended gets SIGKILL. */
  readonly ownGroup?: boolean;
  /** Ends the program as its time does. */
  readonly signal?: AbortSignal | undefined;
}

/** How long the streams of a program that has ended are read on, in milliseconds: what it has left behind may hold them. */
const strayMs = 1_000;

export interface CommandResult {
  /** `null` when a signal ended the program. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly durationMs: number;
  readonly timedOut: boolean;
  readonly printedTooMuch: boolean;
}

/** Runs a program to its end. A non-zero exit is a result, not an error; a program that does not exist is an error. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { timeoutMs = 60_000, maxOutputBytes = Infinity, input } = options;
  const started = performance.now();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: options.ownGroup === true,
  });
  const kill = (): void => killAll(child, options.ownGroup === true);
  let printedTooMuch = false;
  const stop = (): void => {
    printedTooMuch = true;
    kill();
  };
  const stdout = collect(child.stdout, maxOutputBytes, stop);
  const stderr = collect(child.stderr, maxOutputBytes, stop);
  // A program may end without reading its input; that is its own affair.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, timeoutMs);
  options.signal?.addEventListener('abort', kill, { once: true });
  if (options.signal?.aborted === true) kill();
  try {
    await (options.ownGroup === true ? groupEnded(child) : once(child, 'close'));
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', kill);
  }
  return {
    exitCode: child.exitCode,
    signal: child.signalCode,
    stdout: Buffer.concat(stdout),
    stderr: Buffer.concat(stderr).toString(),
    durationMs: performance.now() - started,
    timedOut,
    printedTooMuch,
  };
}

function killAll(child: ChildProcess, isGroup: boolean): void {
  if (!isGroup || child.pid === undefined) {
    child.kill('SIGKILL');
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nobody of the group is left.
  }
}

/** Resolves when the program has ended, its group with it, and what they printed is read. Rejects when it cannot be started. */
async function groupEnded(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close').catch(() => undefined);
  await once(child, 'exit');
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, strayMs);
  await Promise.race([closed, late]);
  clearTimeout(timer);
  killAll(child, true);
  child.stdout?.destroy();
  child.stderr?.destroy();
}

function collect(stream: NodeJS.ReadableStream, maxBytes: number, exceeded: () => void): Buffer[] {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
    else exceeded();
  });
  return chunks;
}

/** A program that runs until it is stopped. */
export interface RunningProcess extends AsyncDisposable {
  readonly pid: number;
  /** Everything it has printed so far. */
  readonly output: { readonly stdout: string; readonly stderr: string };
  /** The first match of `pattern` in one line of standard output or error, now or within `timeoutMs`. */
  waitForLine(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  /** Resolves when the program has ended and its output is read. */
  readonly exited: Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }>;
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL after `graceMs`; resolves when it has ended. A second call waits for the first. */
  stop(graceMs?: number): Promise<void>;
}

/** Starts a program and leaves it running. Rejects when it cannot be started. */
export async function startProcess(
  command: string,
  args: readonly string[],
  options: Omit<CommandOptions, 'timeoutMs' | 'input'> = {},
): Promise<RunningProcess> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await once(child, 'spawn');
  const exited = once(child, 'close').then(() => ({ exitCode: child.exitCode, signal: child.signalCode }));
  const output = new LineWatcher(child);
  const stop = async (graceMs = 5000) => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
    await exited.finally(() => clearTimeout(timer));
  };
  return {
    pid: child.pid ?? 0,
    output,
    waitForLine: (pattern, timeoutMs = 30_000) => output.waitFor(pattern, `${command} to print ${pattern}`, timeoutMs),
    exited,
    signal: (signal) => void child.kill(signal),
    stop,
    [Symbol.asyncDispose]: () => stop(),
  };
}

/** Keeps what a program prints and wakes whoever waits for a line of it. */
class LineWatcher {
  stdout = '';
  stderr = '';
  #waiting = new Set<() => void>();
  #closed = false;

  constructor(child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.#wake();
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.#wake();
    });
    child.once('close', () => {
      this.#closed = true;
      this.#wake();
    });
  }

  #wake(): void {
    for (const look of this.#waiting) look();
  }

  async waitFor(pattern: RegExp, what: string, timeoutMs: number): Promise<RegExpExecArray> {
    const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>();
    const look = () => {
      const match = pattern.exec(this.stdout) ?? pattern.exec(this.stderr);
      if (match) resolve(match);
      else if (this.#closed) reject(new Error(`The program ended before ${what}.\n${this.stdout}${this.stderr}`));
    };
    this.#waiting.add(look);
    try {
      look();
      return await within(promise, what, timeoutMs);
    } finally {
      this.#waiting.delete(look);
    }
  }
}
