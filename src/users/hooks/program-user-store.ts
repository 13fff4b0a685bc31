/** Users that a program knows: it is started for each login, reads the question and writes the answer. */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { isAbsolute } from 'node:path';
import { ConfigError } from '../../errors/index.ts';
import type { LoginContext, Secret, UserAccount, UserStore } from '../user-store.ts';
import { accountOfAnswer, HookCalls, type HookLimits, hookProblem, maxAnswerBytes, questionOf } from './hook-calls.ts';

export interface ProgramUserStoreOptions extends Partial<HookLimits> {
  /** The program by its absolute path, and its arguments. No shell reads them. */
  readonly command: readonly string[];
}

export const programHookDefaults: HookLimits = { timeoutMs: 5_000, maxCalls: 8 };

/** Exit code for "not this name with this password", EX_NOPERM of sysexits.h; 1 and 2 are what crashed programs end with. */
const refusedExitCode = 77;
/** Of what the program says on standard error, which goes into the log of a failure. */
const maxComplaintChars = 500;

/** Throws `ConfigError` when the command is empty or does not begin with an absolute path. */
export function createProgramUserStore(options: ProgramUserStoreOptions): UserStore {
  return new ProgramUserStore(options);
}

/** How a program ended. */
interface Ending {
  readonly code: number | null;
  readonly killedBy: NodeJS.Signals | null;
  readonly answer: string;
  readonly complaint: string;
}

class ProgramUserStore implements UserStore {
  readonly #program: string;
  readonly #args: readonly string[];
  readonly #calls: HookCalls;

  constructor({ command, ...limits }: ProgramUserStoreOptions) {
    const [program = '', ...args] = command;
    if (!isAbsolute(program) || command.some((word) => word.includes('\0'))) {
      const message = 'The command of a user hook must begin with the absolute path of a program.';
      throw new ConfigError('ERR_TWINLINE_CONFIG', message);
    }
    this.#program = program;
    this.#args = args;
    this.#calls = new HookCalls({ ...programHookDefaults, ...limits });
  }

  authenticate(name: string, password: Secret, context: LoginContext): Promise<UserAccount | undefined> {
    const what = `The user hook ${this.#program}`;
    return this.#calls.run(what, context, async (signal) => {
      const { code, killedBy, answer, complaint } = await this.#run(questionOf(name, password, context), signal);
      if (code === 0) return accountOfAnswer(name, answer, `The answer of ${this.#program}`);
      if (code === refusedExitCode) return undefined;
      const end = killedBy === null ? `ended with exit code ${code}` : `was ended by ${killedBy}`;
      const said = masked(complaint, password).trim();
      throw hookProblem(`${what} ${end}${said === '' ? '' : ` and said: ${said}`}.`);
    });
  }

  close(): Promise<void> {
    this.#calls.close();
    return Promise.resolve();
  }

  #run(question: string, signal: AbortSignal): Promise<Ending> {
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      // A group of its own, so that whatever the program starts can be ended with it.
      const child = spawn(this.#program, this.#args, { detached: true, stdio: 'pipe', env: hookEnvironment() });
      const kill = (): void => killGroup(child);
      const answer = gather(child.stdout, maxAnswerBytes, () => {
        kill();
        reject(hookProblem(`The user hook ${this.#program} answered with more than ${maxAnswerBytes} bytes.`));
      });
      const complaint = gather(child.stderr, maxComplaintChars, () => undefined);
      const giveUp = (): void => {
        kill();
        reject(hookProblem(`The user hook ${this.#program} was given up.`));
      };
      signal.addEventListener('abort', giveUp, { once: true });
      child.on('error', reject);
      child.on('close', (code, killedBy) => {
        signal.removeEventListener('abort', giveUp);
        resolve({ code, killedBy, answer: answer(), complaint: complaint() });
      });
      // A program that ends without reading is judged by how it ended.
      child.stdin.on('error', () => undefined).end(`${question}\n`);
    });
  }
}

/** The environment of the server without what is secret in it. */
function hookEnvironment(): NodeJS.ProcessEnv {
  const { TWINLINE_PASSWORD: _password, ...environment } = process.env;
  return environment;
}

function killGroup(child: ChildProcessWithoutNullStreams): void {
  // What has left the group may still hold these.
  for (const stream of child.stdio) stream?.destroy();
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** Collects up to a bound; what comes beyond is dropped, after `tooMuch` was told. Gives what has come so far. */
function gather(stream: NodeJS.ReadableStream, max: number, tooMuch: () => void): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    if (bytes <= max) chunks.push(chunk);
    if (bytes <= max && bytes + chunk.length > max) tooMuch();
    bytes += chunk.length;
  });
  return () => Buffer.concat(chunks).toString('utf8').slice(0, max);
}

/** A program may repeat what it was given. */
function masked(text: string, password: Secret): string {
  const secret = password.reveal();
  return secret === '' ? text : text.replaceAll(secret, '********');
}
