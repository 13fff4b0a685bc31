/** Makes inputs from other inputs: bytes changed, pieces left out, doubled, moved, and mixed with words of the grammar. */

import type { Random } from '../../src/testing/index.ts';
import { latin1 } from '../fixtures/every-way.ts';

const maxInputBytes = 20_000;

/** Bytes at which parsers change their mind. */
const sharpBytes = [0, 1, 9, 10, 13, 32, 34, 42, 44, 45, 46, 47, 59, 61, 91, 124, 127, 128, 0xc3, 0xed, 0xf0, 0xff];

type Mutation = (bytes: Uint8Array, random: Random, words: readonly string[]) => Uint8Array;

function spliced(bytes: Uint8Array, at: number, drop: number, insert: Uint8Array): Uint8Array {
  return Uint8Array.from([...bytes.subarray(0, at), ...insert, ...bytes.subarray(at + drop)]);
}

const place = (bytes: Uint8Array, random: Random): number => random.between(0, bytes.length);

const mutations: readonly Mutation[] = [
  (bytes, random) => spliced(bytes, place(bytes, random), 1, Uint8Array.of(random.between(0, 255))),
  (bytes, random) => spliced(bytes, place(bytes, random), random.between(0, 1), Uint8Array.of(random.pick(sharpBytes))),
  (bytes, random) => spliced(bytes, place(bytes, random), random.between(1, 8), new Uint8Array()),
  (bytes, random) => bytes.subarray(0, place(bytes, random)),
  (bytes, random, words) => spliced(bytes, place(bytes, random), random.between(0, 4), latin1(random.pick(words))),
  (bytes, random) => {
    const at = place(bytes, random);
    const piece = bytes.subarray(at, at + random.between(1, 40));
    return spliced(bytes, place(bytes, random), 0, piece);
  },
  (bytes, random) => {
    const piece = bytes.subarray(place(bytes, random)).subarray(0, random.between(1, 10));
    const times = random.chance(0.1) ? random.between(100, 2000) : random.between(2, 20);
    return spliced(
      bytes,
      place(bytes, random),
      0,
      Uint8Array.from(Array.from({ length: times }, () => [...piece]).flat()),
    );
  },
  (bytes, random) => {
    const digits = [...bytes.keys()].filter((at) => /\d/.test(String.fromCharCode(bytes[at] ?? 0)));
    if (digits.length === 0) return bytes;
    return spliced(bytes, random.pick(digits), 1, latin1(random.pick(['0', '9', '-1', '65536', '4294967296', '1e9'])));
  },
];

/** A new input: one of the corpus or some words, changed a few times. */
export function makeInput(random: Random, corpus: readonly Uint8Array[], words: readonly string[]): Uint8Array {
  let bytes =
    corpus.length > 0 && random.chance(0.7)
      ? random.pick(corpus)
      : latin1(Array.from({ length: random.between(0, 12) }, () => random.pick(words)).join(''));
  for (let left = random.between(0, 6); left > 0; left -= 1) bytes = random.pick(mutations)(bytes, random, words);
  return bytes.subarray(0, maxInputBytes);
}
