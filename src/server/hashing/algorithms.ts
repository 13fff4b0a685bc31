/** The digests that HASH and the X commands offer, by the names that the HASH draft gives them. */

import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** In the order of FEAT; the first is the default of a session. */
export const hashAlgorithms = ['SHA-256', 'SHA-512', 'SHA-1', 'MD5', 'CRC32'] as const;
export type HashAlgorithm = (typeof hashAlgorithms)[number];

/** A digest that grows with the bytes it is given, in their order. */
export interface Digest {
  update(bytes: Uint8Array): void;
  /** The digest in hexadecimal, small letters. It is over then. */
  hex(): string;
}

/** The algorithm of a name in any case of letters; undefined where it is not offered. */
export function parseHashAlgorithm(name: string): HashAlgorithm | undefined {
  const wanted = name.toUpperCase();
  return hashAlgorithms.find((algorithm) => algorithm === wanted);
}

export function createDigest(algorithm: HashAlgorithm): Digest {
  if (algorithm === 'CRC32') return createCrc32();
  const hash = createHash(algorithm.replace('-', ''));
  return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest('hex') };
}

function createCrc32(): Digest {
  let value = 0;
  return {
    update: (bytes) => {
      value = crc32(bytes, value);
    },
    hex: () => value.toString(16).padStart(8, '0'),
  };
}
