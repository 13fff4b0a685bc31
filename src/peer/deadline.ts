/** Bounded waiting: a test kit that waits for something that never comes must say what it was. */

/** How long the kit waits where the caller names no other bound, in milliseconds. */
export const defaultWaitMs = 10_000;

/**
 * Resolves as `promise` does, or rejects with a sentence naming `what` after `timeoutMs`.
 * The timer dies with the promise, so a finished wait keeps no process alive.
 */
export async function within<T>(promise: Promise<T>, what: string, timeoutMs: number = defaultWaitMs): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`Waited ${timeoutMs} ms for ${what}.`)), timeoutMs);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
