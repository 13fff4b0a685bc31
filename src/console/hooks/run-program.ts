/** Runs a program for one event: no shell, JSON on its standard input, bounded in time and in what is kept of its words. */

import { spawn } from 'node:child_process';

/** Of the program's standard error; the rest is read and forgotten. */
const maxKeptErrorBytes = 2_000;

export interface ProgramOptions {
  /** Program and arguments, never a shell's line. */
  readonly argv: readonly string[];
  readonly timeoutMs: number;
  /** Ends the program at once. */
  readonly signal: AbortSignal;
}

/** Resolves when the program has ended with 0; rejects with what was wrong. Its children end with it. */
export async function runProgram(input: string, { argv, timeoutMs, signal }: ProgramOptions): Promise<void> {
  const [program = '', ...args] = argv;
  // A group of its own, so that what the program has started can be ended with it.
  const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'pipe'], detached: true });
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  let words = '';
  let isLate = false;
  const kill = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  };
  const timer = setTimeout(() => {
    isLate = true;
    kill();
  }, timeoutMs);
  signal.addEventListener('abort', kill, { once: true });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(0, maxKeptErrorBytes);
  });
  // A program may end without reading its input.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  child.once('error', reject);
  child.once('exit', (code, killedBy) => {
    // What it has left behind may hold its standard error open for as long as it likes.
    child.stderr.destroy();
    if (code === 0) resolve();
    else if (isLate) reject(new Error(`it was ended after ${timeoutMs / 1000} s`));
    else
      reject(new Error(`it ended with ${killedBy ?? `exit code ${code}`}${words === '' ? '' : `: ${words.trim()}`}`));
  });
  try {
    await ended;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
  }
}
