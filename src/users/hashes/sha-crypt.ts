/** SHA-crypt, the `$5$` and `$6$` of `crypt(3)`, after Ulrich Drepper's specification, version 0.6 of 2016. */

import { hash, timingSafeEqual } from 'node:crypto';
import { type ForeignScheme, isAllowedCost, malformed, type ParsedHash, tooCostly } from './hash-scheme.ts';

/** About 3 s of one core here; the usual number is 5,000. */
const maxShaCryptRounds = 1_000_000;
/** As libxcrypt has it: the work grows with the square of the length. */
const maxPasswordBytes = 512;
const defaultRounds = 5_000;

interface Variant {
  readonly algorithm: 'sha256' | 'sha512';
  readonly digestBytes: number;
  readonly prefix: string;
  /** Which bytes of the digest each four characters take, and which the last ones take. */
  readonly order: readonly (readonly number[])[];
}

/** The order of bytes moves on by one and turns round with each group. */
function byteOrder(digestBytes: number, turn: (group: readonly number[]) => number[], last: number[]): number[][] {
  const third = Math.floor(digestBytes / 3);
  const groups = [[0, third, 2 * third]];
  while (groups.length < third) groups.push(turn(groups.at(-1) ?? []).map((index) => index + 1));
  return [...groups, last];
}

const variants: readonly Variant[] = [
  {
    algorithm: 'sha256',
    digestBytes: 32,
    prefix: '$5$',
    order: byteOrder(32, ([a = 0, b = 0, c = 0]) => [c, a, b], [31, 30]),
  },
  {
    algorithm: 'sha512',
    digestBytes: 64,
    prefix: '$6$',
    order: byteOrder(64, ([a = 0, b = 0, c = 0]) => [b, c, a], [63]),
  },
];

const letters = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The text of a digest: the bytes of a group from the highest, the characters from the lowest six bits. */
function encode(digest: Buffer, { order }: Variant): string {
  return order
    .map((group) => {
      let value = group.reduce((sum, index) => sum * 256 + (digest[index] ?? 0), 0);
      let text = '';
      for (let count = Math.ceil((group.length * 8) / 6); count > 0; count -= 1) {
        text += letters[value & 63];
        value >>>= 6;
      }
      return text;
    })
    .join('');
}

/** `bytes` repeated to a length. */
function stretched(bytes: Buffer, length: number): Buffer {
  return length === 0 ? Buffer.alloc(0) : Buffer.alloc(length, bytes);
}

/** Computes the text of the digest. */
function shaCrypt(variant: Variant, key: Buffer, salt: Buffer, rounds: number): string {
  const digest = (...parts: Buffer[]): Buffer => hash(variant.algorithm, Buffer.concat(parts), 'buffer');
  const mixed = digest(key, salt, key);
  const start = [key, salt, stretched(mixed, key.length)];
  for (let bits = key.length; bits > 0; bits >>>= 1) start.push((bits & 1) === 1 ? mixed : key);
  let state = digest(...start);
  const keyBytes = stretched(digest(stretched(key, key.length * key.length)), key.length);
  const saltBytes = stretched(digest(stretched(salt, salt.length * (16 + (state[0] ?? 0)))), salt.length);
  for (let round = 0; round < rounds; round += 1) {
    const isOdd = round % 2 === 1;
    const parts = [isOdd ? keyBytes : state];
    if (round % 3 !== 0) parts.push(saltBytes);
    if (round % 7 !== 0) parts.push(keyBytes);
    parts.push(isOdd ? state : keyBytes);
    state = digest(...parts);
  }
  return encode(state, variant);
}

function createScheme(variant: Variant): ForeignScheme {
  const { prefix } = variant;
  const name = `${variant.algorithm}-crypt`;
  const tagChars = Math.ceil((variant.digestBytes * 8) / 6);
  const form = new RegExp(
    `^\\${prefix[0]}${prefix[1]}\\$(?:rounds=(\\d{1,9})\\$)?([^$:\\n]{0,16})\\$([./0-9A-Za-z]{${tagChars}})$`,
  );
  return {
    name,
    recognises: (text) => text.startsWith(prefix),
    parse(text): ParsedHash {
      const [, roundsText, salt, tag] = form.exec(text) ?? [];
      if (salt === undefined || tag === undefined) throw malformed(name, `${prefix}salt$hash`);
      const rounds = roundsText === undefined ? defaultRounds : Math.max(1_000, Number(roundsText));
      if (!isAllowedCost(rounds, maxShaCryptRounds)) throw tooCostly(name, 'rounds', maxShaCryptRounds);
      return {
        costClass: `${prefix}${rounds}`,
        check(password) {
          const key = Buffer.from(password, 'utf8');
          if (key.length > maxPasswordBytes) return false;
          return timingSafeEqual(
            Buffer.from(shaCrypt(variant, key, Buffer.from(salt, 'utf8'), rounds)),
            Buffer.from(tag),
          );
        },
      };
    },
  };
}

export const shaCryptSchemes: readonly ForeignScheme[] = variants.map(createScheme);
