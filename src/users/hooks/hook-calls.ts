/** What both kinds of hooks share: the question, the bounds of their calls, and the reading of the answer. */

import { TwinlineError, UserStoreError } from '../../errors/index.ts';
import { parseAccount } from '../account-settings.ts';
import { WorkGate } from '../hashes/index.ts';
import type { LoginContext, Secret, UserAccount } from '../user-store.ts';

/** Bytes of an answer: an account with a hundred rules has some ten thousand. */
export const maxAnswerBytes = 65_536;
/** Logins that wait for a hook which answers none: they fill a second of a busy server. */
const maxWaitingCalls = 500;

export interface HookLimits {
  /** For one answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Calls at once. */
  readonly maxCalls: number;
}

export function hookProblem(message: string, cause?: unknown): UserStoreError {
  return new UserStoreError('ERR_TWINLINE_USER_STORE', message, cause === undefined ? {} : { cause });
}

/** The question, as JSON on one line. The version grows when a key changes its meaning; new keys may come at any time. */
export function questionOf(name: string, password: Secret, context: LoginContext): string {
  return JSON.stringify({
    version: 1,
    user: name,
    password: password.reveal(),
    remoteAddress: context.remoteAddress,
  });
}

/** The account in an answer; `null` is a refusal. Rejects with `UserStoreError` for anything else. */
export async function accountOfAnswer(name: string, answer: string, where: string): Promise<UserAccount | undefined> {
  let value: unknown;
  try {
    value = JSON.parse(answer);
  } catch {
    // The error of JSON.parse repeats the text.
    throw hookProblem(`${where} is not JSON.`);
  }
  if (value === null) return undefined;
  try {
    return await parseAccount(name, value, where);
  } catch (error) {
    throw error instanceof TwinlineError ? hookProblem(error.message, error) : error;
  }
}

/** Calls of one hook: a bounded number at once, each with a deadline, all of them ended by `close`. */
export class HookCalls {
  readonly #gate: WorkGate;
  readonly #timeoutMs: number;
  readonly #end = new AbortController();

  constructor({ timeoutMs, maxCalls }: HookLimits) {
    this.#gate = new WorkGate({ atOnce: maxCalls, maxWaiting: maxWaitingCalls });
    this.#timeoutMs = timeoutMs;
  }

  /** Rejects with `UserStoreError` when the call did, or did not end in time; `signal` is the call's reason to give up. */
  async run<Result>(
    what: string,
    context: LoginContext,
    call: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    if (this.#end.signal.aborted) throw hookProblem('The user store is closed.');
    const giveUp = new AbortController();
    const stop = (): void => giveUp.abort();
    const reasons = [this.#end.signal, ...(context.signal === undefined ? [] : [context.signal])];
    for (const reason of reasons) reason.addEventListener('abort', stop, { once: true });
    try {
      return await this.#gate.run(() => this.#call(what, giveUp, call), giveUp.signal);
    } finally {
      for (const reason of reasons) reason.removeEventListener('abort', stop);
    }
  }

  async #call<Result>(
    what: string,
    giveUp: AbortController,
    call: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    let isLate = false;
    const deadline = setTimeout(() => {
      isLate = true;
      giveUp.abort();
    }, this.#timeoutMs);
    try {
      return await call(giveUp.signal);
    } catch (error) {
      if (isLate) throw hookProblem(`${what} did not answer within ${this.#timeoutMs / 1000} s.`);
      if (error instanceof UserStoreError) throw error;
      throw hookProblem(`${what} could not be asked: ${reasonOf(error)}.`, error);
    } finally {
      clearTimeout(deadline);
    }
  }

  close(): void {
    this.#end.abort();
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined || message.includes(code) ? message : `${message} (${code})`;
}
