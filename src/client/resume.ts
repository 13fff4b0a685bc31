/** Takes a file transfer up again after a lost line, on a new session, as often as the caller allows. */

import { abortError } from './cancellation.ts';
import type { RetryOptions } from './options.ts';
import { isWorthReconnect, isWorthRetry, pause, retryDelayMs } from './retry.ts';
import type { Session } from './session.ts';

/** Gives a session that lives: the present one, or a new one where that is lost. */
export interface SessionSource {
  session(signal: AbortSignal | undefined): Promise<Session>;
}

/** Told before each wait. */
export interface RetryNotice {
  /** 1 for the first retry. */
  readonly attempt: number;
  readonly tries: number;
  readonly delayMs: number;
  /** What went wrong. */
  readonly error: Error;
}

/** Options that transfers between a local file and the server share. */
export interface FileTransferOptions {
  /** Goes on where an earlier attempt ended. Default false. */
  readonly resume?: boolean;
  /** Gives the copy the modification time of the original. Default true. */
  readonly keepTime?: boolean;
  /** Compares the digest of the server with that of the bytes here (HASH, XSHA256, …) before it counts as done. Default false. */
  readonly verify?: boolean;
  /** Replaces single values of the session's retry options. */
  readonly retry?: Partial<RetryOptions>;
  readonly onRetry?: (notice: RetryNotice) => void;
  readonly signal?: AbortSignal;
}

/** Runs `attempt` until it succeeds, fails for good, or the tries are used up; the last error is thrown. */
export async function withRetries<Result>(
  source: SessionSource,
  retry: RetryOptions,
  options: FileTransferOptions,
  attempt: (session: Session, tried: number) => Promise<Result>,
): Promise<Result> {
  const { signal } = options;
  for (let tried = 0; ; tried += 1) {
    let session: Session | undefined;
    try {
      session = await source.session(signal);
      return await attempt(session, tried);
    } catch (error) {
      if (signal?.aborted === true) throw abortError(signal);
      const isWorth =
        session === undefined ? tried > 0 && isWorthReconnect(error) : session.isToBeReplaced || isWorthRetry(error);
      if (!isWorth || !(error instanceof Error) || tried >= retry.tries) throw error;
      const delayMs = retryDelayMs(retry, tried + 1);
      options.onRetry?.({ attempt: tried + 1, tries: retry.tries, delayMs, error });
      await pause(delayMs, signal);
    }
  }
}
