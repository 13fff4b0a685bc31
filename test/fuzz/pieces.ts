/** Cuts an input into pieces, in ways that depend on the input alone. */

import { Random } from '../../src/testing/index.ts';

function seedOf(input: Uint8Array): number {
  let hash = 2_166_136_261;
  for (const byte of input) hash = Math.imul(hash ^ byte, 16_777_619);
  return hash >>> 0;
}

/** Chance that belongs to this input. */
export function randomFor(input: Uint8Array): Random {
  return new Random(seedOf(input));
}

/** The input in pieces of 1 to `maxBytes` bytes. */
export function piecesOf(input: Uint8Array, maxBytes = 9): Uint8Array[] {
  const random = randomFor(input);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < input.length;) {
    const size = random.between(1, maxBytes);
    pieces.push(input.subarray(at, at + size));
    at += size;
  }
  return pieces;
}
