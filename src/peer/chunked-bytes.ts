/** Bytes for tests: the same for the same seed, cut in every way, and hashed. */

import { createCipheriv, createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/**
 * `length` pseudo-random bytes that depend on `seed` alone: the keystream of AES-128 in counter mode, which is as fast as
 * the memory and does not compress.
 */
export function seededBytes(length: number, seed: number): Buffer {
  const key = Buffer.alloc(16);
  key.writeDoubleBE(seed);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}

/** SHA-256 of bytes or text (as UTF-8), in lower-case hexadecimal. */
export function hashOf(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** SHA-256 of a file, read in pieces, in lower-case hexadecimal. */
export async function hashOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex');
}

/** The bytes in pieces of at most `size` bytes, in order; the pieces share memory with the whole. */
export function inChunksOf(bytes: Uint8Array, size: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return chunks;
}
