/** scrypt hashes in the forms of passlib (`$scrypt$ln=16,r=8,p=1$salt$hash`) and of Django (`scrypt$salt$N$r$p$hash`). */

import { scryptSync, timingSafeEqual } from 'node:crypto';
import { decodeBase64, type ForeignScheme, isAllowedCost, malformed, tooCostly } from './hash-scheme.ts';

/** Memory of one check; 64 MiB is usual for N = 65536. */
const maxScryptBytes = 268_435_456;
const maxScryptLanes = 16;

const passlibForm = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,4}),p=(\d{1,4})\$([./+A-Za-z0-9]*)\$([./+A-Za-z0-9]{20,})$/;
const djangoForm = /^scrypt\$([^$]+)\$(\d{1,9})\$(\d{1,4})\$(\d{1,4})\$([+/A-Za-z0-9]{20,}={0,2})$/;

interface Fields {
  readonly salt: Buffer;
  readonly cost: number;
  readonly blockSize: number;
  readonly parallelization: number;
  readonly tag: Buffer;
}

function fieldsOf(text: string): Fields | undefined {
  const [, ln, r, p, salt, tag] = passlibForm.exec(text) ?? [];
  if (tag !== undefined) {
    const numbers = { cost: 2 ** Number(ln), blockSize: Number(r), parallelization: Number(p) };
    return { ...numbers, salt: decodeBase64(salt ?? ''), tag: decodeBase64(tag) };
  }
  const [, saltText = '', n, blocks, lanes, djangoTag] = djangoForm.exec(text) ?? [];
  if (djangoTag === undefined) return undefined;
  const numbers = { cost: Number(n), blockSize: Number(blocks), parallelization: Number(lanes) };
  return { ...numbers, salt: Buffer.from(saltText, 'utf8'), tag: decodeBase64(djangoTag) };
}

export const scryptScheme: ForeignScheme = {
  name: 'scrypt',
  recognises: (text) => text.startsWith('$scrypt$') || text.startsWith('scrypt$'),
  parse(text) {
    const fields = fieldsOf(text);
    if (fields === undefined || !Number.isInteger(Math.log2(fields.cost)) || fields.cost < 2) {
      throw malformed('scrypt', '$scrypt$ln=16,r=8,p=1$salt$hash');
    }
    const { salt, tag, ...numbers } = fields;
    const bytes = 128 * numbers.cost * numbers.blockSize;
    if (!isAllowedCost(bytes, maxScryptBytes)) throw tooCostly('scrypt', 'its bytes of memory', maxScryptBytes);
    if (!isAllowedCost(numbers.parallelization, maxScryptLanes)) throw tooCostly('scrypt', 'p', maxScryptLanes);
    const options = { ...numbers, maxmem: 2 * bytes + 1_048_576 };
    return {
      costClass: `scrypt$${numbers.cost}$${numbers.blockSize}$${numbers.parallelization}`,
      check: (password) => timingSafeEqual(scryptSync(password, salt, tag.length, options), tag),
    };
  },
};
