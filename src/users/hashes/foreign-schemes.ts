/** The schemes of other programs that can be checked, and the spellings that other programs put around them. */

import { bcryptScheme } from './bcrypt.ts';
import type { ForeignScheme, ParsedHash } from './hash-scheme.ts';
import { pbkdf2Scheme } from './pbkdf2.ts';
import { refusalOf } from './refused.ts';
import { scryptScheme } from './scrypt.ts';
import { shaCryptSchemes } from './sha-crypt.ts';
import { yescryptScheme } from './yescrypt.ts';

const schemes: readonly ForeignScheme[] = [
  ...shaCryptSchemes,
  bcryptScheme,
  yescryptScheme,
  pbkdf2Scheme,
  scryptScheme,
];

/** `{CRYPT}$6$…` of LDAP, `{BLF-CRYPT}$2y$…` of Dovecot, `bcrypt$$2b$…` and `argon2$argon2id$…` of Django. */
const wrappers: readonly (readonly [RegExp, string])[] = [
  [/^\{(?:CRYPT|BCRYPT|BLF-CRYPT|SHA256-CRYPT|SHA512-CRYPT|ARGON2|ARGON2ID)\}(?=\$)/i, ''],
  [/^bcrypt\$(?=\$2)/, ''],
  [/^argon2\$(?=argon2id\$)/, '$'],
];

/** The hash as its scheme itself writes it. */
export function unwrapHash(text: string): string {
  const wrapper = wrappers.find(([form]) => form.test(text));
  return wrapper === undefined ? text : text.replace(wrapper[0], () => wrapper[1]);
}

/** Parses the hash of another program. Throws `ConfigError` that says what is wrong with it, without repeating it. */
export function parseForeignHash(text: string): ParsedHash {
  const scheme = schemes.find((candidate) => candidate.recognises(text));
  if (scheme === undefined) throw refusalOf(text);
  return scheme.parse(text);
}
