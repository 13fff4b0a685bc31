/** Tells another program of one event over HTTP, signed, and again where it was not taken. */

import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

export interface PostOptions {
  readonly url: string;
  /** Key of the signature; undefined: none. */
  readonly secret: string | undefined;
  /** For one try. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Before the second try, in milliseconds; it doubles. */
  readonly retryMs?: number;
}

const tries = 5;
const firstRetryMs = 1_000;

/** The signature of a body sent at `time` (seconds since 1970): HMAC-SHA-256 of `time.body`, in hexadecimal. */
export function signatureOf(secret: string, time: string, body: string): string {
  return createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
}

/** Resolves when a 2xx answer has come; rejects with the reason of the last try. */
export async function postHook(name: string, id: string, body: string, options: PostOptions): Promise<void> {
  let delayMs = options.retryMs ?? firstRetryMs;
  for (let number = 1; ; number += 1) {
    try {
      await post(name, id, body, options);
      return;
    } catch (error) {
      if (number === tries || error instanceof RefusedForGood || options.signal.aborted) throw error;
    }
    await sleep(delayMs, undefined, { signal: options.signal });
    delayMs *= 2;
  }
}

class RefusedForGood extends Error {}

async function post(name: string, id: string, body: string, options: PostOptions): Promise<void> {
  const { url, secret, timeoutMs, signal } = options;
  const time = String(Math.floor(Date.now() / 1000));
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'twinline',
      'x-twinline-event': name,
      'x-twinline-id': id,
      'x-twinline-time': time,
      ...(secret === undefined ? {} : { 'x-twinline-signature': `sha256=${signatureOf(secret, time, body)}` }),
    },
    body,
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
  await response.body?.cancel();
  if (response.ok) return;
  const words = `the server answered ${response.status}`;
  if (response.status < 500 && ![408, 425, 429].includes(response.status)) throw new RefusedForGood(words);
  throw new Error(words);
}
