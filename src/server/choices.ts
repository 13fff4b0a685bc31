/** What a client chooses by OPTS and MODE for its session; AUTH, REIN and a new login go back to the defaults. */

import { type HashAlgorithm, hashAlgorithms } from './hashing/algorithms.ts';

export interface SessionChoices {
  /** What HASH computes. */
  hashAlgorithm: HashAlgorithm;
  /** MODE Z. */
  deflates: boolean;
  /** Compression of MODE Z, 1 (fast) to 9 (small). */
  deflateLevel: number;
}

export function defaultChoices(): SessionChoices {
  // Level 6: half the work of 9 for nearly its size.
  return { hashAlgorithm: hashAlgorithms[0], deflates: false, deflateLevel: 6 };
}
