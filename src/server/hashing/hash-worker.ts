/** The thread that computes digests: bytes come in by transfer, go back the same way, several jobs at a time. */

import { parentPort } from 'node:worker_threads';
import { createDigest, type Digest, type HashAlgorithm } from './algorithms.ts';

/** What the thread is told about a job. */
export type HashOrder = { readonly job: number } & (
  | { readonly kind: 'begin'; readonly algorithm: HashAlgorithm }
  /** The first `length` bytes of `buffer` are next. */
  | { readonly kind: 'bytes'; readonly buffer: ArrayBuffer; readonly length: number }
  | { readonly kind: 'end' }
  /** The job is given up. */
  | { readonly kind: 'drop' }
);

/** What the thread answers: the buffer is free again, or the digest in hexadecimal. */
export type HashAnswer = { readonly job: number } & (
  { readonly kind: 'taken'; readonly buffer: ArrayBuffer } | { readonly kind: 'digest'; readonly hex: string }
);

const digests = new Map<number, Digest>();
const port = parentPort;

function answer(message: HashAnswer, transfer: readonly ArrayBuffer[] = []): void {
  port?.postMessage(message, [...transfer]);
}

port?.on('message', (order: HashOrder) => {
  const digest = digests.get(order.job);
  switch (order.kind) {
    case 'begin':
      digests.set(order.job, createDigest(order.algorithm));
      return;
    case 'bytes':
      digest?.update(new Uint8Array(order.buffer, 0, order.length));
      answer({ kind: 'taken', job: order.job, buffer: order.buffer }, [order.buffer]);
      return;
    case 'end':
      digests.delete(order.job);
      if (digest !== undefined) answer({ kind: 'digest', job: order.job, hex: digest.hex() });
      return;
    case 'drop':
      digests.delete(order.job);
  }
});
