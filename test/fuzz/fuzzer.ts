/** A fuzzer: inputs to begin with, and what must hold for every input whatever it is. */

import type { Random } from '../../src/testing/index.ts';

/** Bytes in, nothing out; throws, or rejects, when something does not hold. The same input gives the same result. */
export interface Fuzzer {
  readonly name: string;
  /** Texts that the input may be made of, one byte for each character. */
  readonly words: readonly string[];
  /** Inputs of bounded runs, as in `npm test`. */
  readonly runs: number;
  check(input: Uint8Array): void | Promise<void>;
  /** Makes an input in a way of its own; else words and corpus are mixed. */
  generate?(random: Random): Uint8Array;
}

export function defineFuzzer(fuzzer: Fuzzer): Fuzzer {
  return fuzzer;
}
