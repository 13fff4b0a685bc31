/** PBKDF2 hashes in the forms of passlib, of LDAP servers and of Django. */

import { pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { decodeBase64, type ForeignScheme, isAllowedCost, malformed, tooCostly } from './hash-scheme.ts';

/** Django 6 asks for 1.2 million of SHA-256, about 0.4 s of one core. */
const maxPbkdf2Iterations = 10_000_000;

/** `$pbkdf2-sha256$29000$salt$hash` of passlib and `{PBKDF2-SHA256}29000$salt$hash` of LDAP; SHA-1 goes without a name. */
const passlibForm = /^(?:\$pbkdf2(?:-(sha(?:1|256|512)))?\$|\{PBKDF2(?:-(SHA(?:1|256|512)))?\})/i;
/** `pbkdf2_sha256$600000$salt$hash`; the salt is text. */
const djangoForm = /^pbkdf2_(sha1|sha256|sha512)\$/;

interface Fields {
  readonly algorithm: string;
  readonly salt: Buffer;
  readonly iterations: number;
  readonly tag: Buffer;
}

function fieldsOf(text: string): Fields | undefined {
  const django = djangoForm.exec(text);
  const match = django ?? passlibForm.exec(text);
  if (match === null) return undefined;
  const algorithm = (match[1] ?? match[2] ?? 'sha1').toLowerCase();
  const [iterations = '', salt = '', tag = '', ...rest] = text.slice(match[0].length).split('$');
  const isRight = /^\d{1,9}$/.test(iterations) && /^[./+A-Za-z0-9]{20,}={0,2}$/.test(tag) && rest.length === 0;
  if (!isRight) return undefined;
  const saltBytes = django === null ? decodeBase64(salt) : Buffer.from(salt, 'utf8');
  return { algorithm, salt: saltBytes, iterations: Number(iterations), tag: decodeBase64(tag) };
}

export const pbkdf2Scheme: ForeignScheme = {
  name: 'PBKDF2',
  recognises: (text) => passlibForm.test(text) || djangoForm.test(text),
  parse(text) {
    const fields = fieldsOf(text);
    if (fields === undefined) throw malformed('PBKDF2', '$pbkdf2-sha256$iterations$salt$hash');
    const { algorithm, salt, iterations, tag } = fields;
    if (!isAllowedCost(iterations, maxPbkdf2Iterations)) throw tooCostly('PBKDF2', 'iterations', maxPbkdf2Iterations);
    return {
      costClass: `pbkdf2-${algorithm}$${iterations}$${tag.length}`,
      check: (password) => timingSafeEqual(pbkdf2Sync(password, salt, iterations, tag.length, algorithm), tag),
    };
  },
};
