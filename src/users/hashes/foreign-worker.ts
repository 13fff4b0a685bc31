/** The thread in which hashes of other programs are checked: one question, one answer. */

import { parentPort } from 'node:worker_threads';
import { parseForeignHash } from './foreign-schemes.ts';
import type { ForeignAnswer, ForeignQuestion } from './foreign-thread.ts';

function answerTo({ password, hash }: ForeignQuestion): ForeignAnswer {
  try {
    // A NUL ends a text in C, and HMAC takes it for padding: such a password would be another one's twin.
    const matches = parseForeignHash(hash).check(password);
    return { matches: matches && !password.includes('\0') };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on('message', (question: ForeignQuestion) => parentPort?.postMessage(answerTo(question), []));
