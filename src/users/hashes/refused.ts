/** Hashes that are recognised only to say why they are not taken. */

import { ConfigError } from '../../errors/index.ts';

const tooWeak = 'it is guessed in no time from a stolen file';
const unknownToUs = 'Twinline cannot check it';

const refused: readonly { readonly form: RegExp; readonly name: string; readonly why: string }[] = [
  { form: /^\$1\$/, name: 'MD5-crypt ($1$)', why: tooWeak },
  { form: /^\$apr1\$/, name: "Apache's MD5 ($apr1$)", why: tooWeak },
  { form: /^\{S?MD5\}|^md5\$/i, name: 'plain MD5', why: tooWeak },
  { form: /^\{S?SHA\d{0,3}\}|^sha1\$|^\{SHA\d{3}-HEX\}/i, name: 'plain SHA', why: tooWeak },
  { form: /^[0-9a-f]{32}$|^[0-9a-f]{40}$|^[0-9a-f]{64}$|^[0-9a-f]{128}$/i, name: 'a plain digest', why: tooWeak },
  { form: /^\$3\$/, name: 'NT hash ($3$)', why: tooWeak },
  { form: /^[./0-9A-Za-z]{13}$|^_[./0-9A-Za-z]{19}$/, name: 'DES-crypt', why: tooWeak },
  { form: /^\$sha1\$/, name: 'SHA1-crypt ($sha1$)', why: unknownToUs },
  { form: /^\$2x?\$/, name: 'an old form of bcrypt', why: 'programs disagree on how it is computed' },
  { form: /^\$argon2[id]?\$/, name: 'Argon2i or Argon2d', why: unknownToUs },
  { form: /^\$(?:7|gy|md5|sm3)/, name: 'this kind of crypt(3) hash', why: unknownToUs },
  { form: /^bcrypt_sha256\$|^\$bcrypt-sha256\$/, name: 'bcrypt over SHA-256', why: unknownToUs },
];

/** The error for a text that no scheme takes: what it is, if that can be told, and what to do. Never repeats the text. */
export function refusalOf(text: string): ConfigError {
  const known = refused.find(({ form }) => form.test(text));
  const instead = 'give the user a new password';
  const message =
    known === undefined
      ? `This is no password hash that Twinline knows: ${knownForms}.`
      : `A hash of the kind ${known.name} is not taken, because ${known.why}: ${instead}.`;
  return new ConfigError('ERR_TWINLINE_CONFIG', message);
}

const knownForms =
  'it takes $argon2id$, $6$ and $5$ (SHA-crypt), $2b$ (bcrypt), $y$ (yescrypt), PBKDF2 and scrypt of passlib, LDAP and Django';
