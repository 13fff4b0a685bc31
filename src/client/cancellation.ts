/** AbortSignals as the client honours them: one error for all of them, and waits that end with them. */

import { TwinlineError } from '../errors/index.ts';

/** The error with which an aborted operation ends: the signal's reason where it is one of ours. */
export function abortError(signal: AbortSignal): TwinlineError {
  const reason: unknown = signal.reason;
  if (reason instanceof TwinlineError) return reason;
  return new TwinlineError('ERR_TWINLINE_ABORTED', 'The operation was aborted.', { cause: reason });
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortError(signal);
}

/** Calls back once when the signal fires, at once if it has; the result takes the wish back. */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (signal === undefined) return () => undefined;
  if (signal.aborted) {
    callback();
    return () => undefined;
  }
  signal.addEventListener('abort', callback, { once: true });
  return () => signal.removeEventListener('abort', callback);
}

/** `promise`, or the abort error as soon as the signal fires. What the promise stands for goes on by itself. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  const aborted = Promise.withResolvers<never>();
  const leave = onAbort(signal, () => aborted.reject(abortError(signal)));
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    leave();
  }
}
