/** Checks hashes of other programs in one thread of its own: they would hold the event loop, or libuv's pool, for long. */

import { Worker } from 'node:worker_threads';
import { UserStoreError } from '../../errors/index.ts';
import { WorkGate } from './work-gate.ts';

/** What the thread is asked, one at a time. */
export interface ForeignQuestion {
  readonly password: string;
  readonly hash: string;
}

/** What it answers. */
export type ForeignAnswer = { readonly matches: boolean } | { readonly problem: string };

/** Each login upgrades its hash to Argon2id, so that one thread is enough for the time of a move. */
const maxForeignChecks = 1;
/** Half a minute of bcrypt at cost 10, which is as long as a login may take. */
const maxWaitingForeignChecks = 500;
/** How long the thread outlives its last work; it holds some 10 MB. */
const threadIdleMs = 30_000;

const gate = new WorkGate({ atOnce: maxForeignChecks, maxWaiting: maxWaitingForeignChecks });
let thread: Worker | undefined;
let idleTimer: NodeJS.Timeout | undefined;

function startThread(): Worker {
  const file = import.meta.url.endsWith('.ts') ? './foreign-worker.ts' : './foreign-worker.js';
  const worker = new Worker(new URL(file, import.meta.url), { name: 'passwords' });
  const forget = (): void => {
    if (thread === worker) thread = undefined;
  };
  worker.on('error', forget).on('exit', forget);
  return worker;
}

/** Resolves with whether they belong together; rejects with `UserStoreError` when that cannot be told. */
export function checkForeignHash(question: ForeignQuestion, signal?: AbortSignal): Promise<boolean> {
  return gate.run(() => ask(question), signal);
}

async function ask(question: ForeignQuestion): Promise<boolean> {
  clearTimeout(idleTimer);
  const worker = (thread ??= startThread());
  // Nobody's end waits for an idle thread, and everybody's for one at work.
  worker.ref();
  try {
    const answer = await answerOf(worker, question);
    if ('matches' in answer) return answer.matches;
    throw new UserStoreError('ERR_TWINLINE_USER_STORE', `A password hash could not be checked: ${answer.problem}`);
  } finally {
    worker.unref();
    idleTimer = setTimeout(() => void worker.terminate(), threadIdleMs).unref();
  }
}

function answerOf(worker: Worker, question: ForeignQuestion): Promise<ForeignAnswer> {
  return new Promise((resolve) => {
    const settle = (answer: ForeignAnswer): void => {
      worker.off('message', settle).off('error', failed).off('exit', ended);
      resolve(answer);
    };
    const failed = (error: Error): void => settle({ problem: error.message });
    const ended = (): void => settle({ problem: 'the thread for passwords has ended.' });
    worker.on('message', settle).on('error', failed).on('exit', ended);
    worker.postMessage(question, []);
  });
}
