/** yescrypt (`$y$`), which newer Linux systems write into /etc/shadow, computed by the system's own libcrypt. */

import { timingSafeEqual } from 'node:crypto';
import { createRequire } from 'node:module';
import type * as Koffi from 'koffi';
import { ConfigError } from '../../errors/index.ts';
import { type ForeignScheme, malformed } from './hash-scheme.ts';

/**
 * Flags, then the cost as one letter each: N up to 2^18 and r up to 32, which is what `crypt_gensalt` can make (cost 11,
 * 1 GiB). Debian's default is `j9T`, 16 MiB.
 */
const form = /^\$y\$(j[./0-9A-F][./0-9A-T])\$[./0-9A-Za-z]{1,86}\$[./0-9A-Za-z]{43}$/;
/** Size of `struct crypt_data`, which libxcrypt guarantees. */
const cryptDataBytes = 32_768;

type Crypt = (password: string, setting: string) => string | null;
type CryptFunction = (password: string, setting: string, data: Buffer, size: number) => string | null;

/** Where libxcrypt stands, with the old interface and without it. */
const libraries = ['libcrypt.so.1', 'libcrypt.so.2'];

let crypt: Crypt | undefined;

function loadCrypt(): Crypt {
  // Loaded by who has such a hash alone, and at once: a hash that cannot be checked must be refused when it is given.
  const { load } = createRequire(import.meta.url)('koffi') as typeof Koffi;
  for (const name of libraries) {
    try {
      const declaration = 'const char *crypt_rn(const char *, const char *, void *, int)';
      const call = load(name).func(declaration) as unknown as CryptFunction;
      return (password, setting) => {
        const data = Buffer.alloc(cryptDataBytes);
        const result = call(password, setting, data, data.length);
        data.fill(0);
        return result;
      };
    } catch {
      continue;
    }
  }
  throw new Error(`none of ${libraries.join(', ')} is here`);
}

function systemCrypt(): Crypt {
  try {
    return (crypt ??= loadCrypt());
  } catch (error) {
    const message =
      'yescrypt hashes cannot be checked on this machine: they need libcrypt of libxcrypt (Linux) and the package koffi.';
    throw new ConfigError('ERR_TWINLINE_CONFIG', message, { cause: error });
  }
}

export const yescryptScheme: ForeignScheme = {
  name: 'yescrypt',
  recognises: (text) => text.startsWith('$y$'),
  parse(text) {
    const parameters = form.exec(text)?.[1];
    if (parameters === undefined) throw malformed('yescrypt', '$y$j9T$salt$hash, with a cost up to jFT');
    const compute = systemCrypt();
    return {
      costClass: `$y$${parameters}`,
      check(password) {
        const [result, expected] = [Buffer.from(compute(password, text) ?? ''), Buffer.from(text)];
        return result.length === expected.length && timingSafeEqual(result, expected);
      },
    };
  },
};
