/** When a failed transfer is worth another try, and how long to wait before it. */

import {
  ConnectionLostError,
  ReplyError,
  TimeoutError,
  TlsError,
  TransferIncompleteError,
  TwinlineError,
} from '../errors/index.ts';
import { endingOfError } from '../net/index.ts';
import { abortError, onAbort } from './cancellation.ts';
import type { RetryOptions } from './options.ts';

/** Replies that speak of the connection, not of the file: the same command may succeed on the next one. */
export const passingReplies: ReadonlySet<number> = new Set([421, 425, 426, 451]);

/** What is in the way may go away again. */
const reachCodes: ReadonlySet<string> = new Set(['ERR_TWINLINE_CONNECT', 'ERR_TWINLINE_PROXY']);

/** A transfer that failed like this may succeed when it is taken up on a new or the same session. */
export function isWorthRetry(error: unknown): boolean {
  if (error instanceof ConnectionLostError) return true;
  if (error instanceof TransferIncompleteError) return error.resumable;
  if (error instanceof TimeoutError) return error.phase !== 'data-connect' && error.phase !== 'tls';
  if (error instanceof TlsError) return isCutHandshake(error);
  return error instanceof ReplyError && passingReplies.has(error.replyCode);
}

/** The line was lost in the handshake, and nobody said no to anything. */
function isCutHandshake({ code, cause }: TlsError): boolean {
  return code === 'ERR_TWINLINE_TLS_HANDSHAKE' && cause instanceof Error && endingOfError(cause) === 'reset';
}

/** A new session that could not be opened may be had a little later. */
export function isWorthReconnect(error: unknown): boolean {
  if (error instanceof TimeoutError) return true;
  if (error instanceof TwinlineError && reachCodes.has(error.code)) return true;
  return isWorthRetry(error);
}

/** Milliseconds before retry number `attempt` (1, 2, …): doubling, with a random half taken off. */
export function retryDelayMs(retry: RetryOptions, attempt: number, random: () => number = Math.random): number {
  const full = Math.min(retry.maxDelayMs, retry.delayMs * 2 ** (attempt - 1));
  return Math.round(full * (1 - random() / 2));
}

/** Waits, or rejects with the abort error. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const leave = onAbort(signal, () => signal && reject(abortError(signal)));
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    leave();
  }
}
