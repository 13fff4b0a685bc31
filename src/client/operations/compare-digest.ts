/** Holds the digest that a server gives of a file against that of the bytes here. */

import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { NotSupportedError, TwinlineError } from '../../errors/index.ts';
import { printable } from '../../protocol/index.ts';
import type { Session } from '../session.ts';
import { type FileHash, hash, hashAlgorithms } from './hash.ts';

/** The bytes here, from their beginning. */
export interface DigestedBytes {
  readonly size: number;
  /** Fills the buffer from `position` on; resolves to the number of bytes read, 0 at the end. */
  read(buffer: Buffer, position: number): Promise<number>;
}

/** Names of the HASH draft, and how the platform calls them. */
const platformNames: ReadonlyMap<string, string> = new Map([
  ['SHA-256', 'sha256'],
  ['SHA-512', 'sha512'],
  ['SHA-1', 'sha1'],
  ['MD5', 'md5'],
]);

const chunkBytes = 1024 * 1024;

/** The best algorithm that both sides know. Throws `NotSupportedError`, which is good to know before the file is moved. */
export async function commonAlgorithm(session: Session, signal: AbortSignal | undefined): Promise<string> {
  return requireCommon(await hashAlgorithms(session, signal));
}

/** The first of the algorithms that is known here. Throws `NotSupportedError` where none is. */
export function requireCommon(offered: readonly string[]): string {
  const algorithm = offered.find((name) => name === 'CRC32' || platformNames.has(name));
  if (algorithm !== undefined) return algorithm;
  const message = 'The server offers no digest of files, so what arrived cannot be compared with it but by its size.';
  throw new NotSupportedError(message, { needs: ['HASH', 'XSHA256', 'XSHA512', 'XSHA1', 'XMD5', 'XCRC'] });
}

/** The digest, where it is the same on both sides. Throws `ERR_TWINLINE_DIGEST` where it is not. */
export async function compareDigest(
  session: Session,
  path: string,
  bytes: DigestedBytes,
  signal: AbortSignal | undefined,
): Promise<FileHash> {
  const algorithm = await commonAlgorithm(session, signal);
  const there = await hash(session, path, { algorithm, ...(signal === undefined ? {} : { signal }) });
  const here = await digestOf(bytes, algorithm);
  if (here === there.digest) return there;
  const message = `The file here and "${printable(path)}" there differ by ${algorithm}: ${here} here, ${there.digest} there; move it again.`;
  throw new TwinlineError('ERR_TWINLINE_DIGEST', message);
}

/** The digest of the bytes here, in hexadecimal letters. */
export async function digestOf(bytes: DigestedBytes, algorithm: string): Promise<string> {
  const name = platformNames.get(algorithm);
  const digest = name === undefined ? undefined : createHash(name);
  let checksum = 0;
  const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(chunkBytes, bytes.size)));
  for (let at = 0; at < bytes.size;) {
    const count = await bytes.read(buffer.subarray(0, Math.min(buffer.length, bytes.size - at)), at);
    if (count === 0) break;
    const chunk = buffer.subarray(0, count);
    if (digest === undefined) checksum = crc32(chunk, checksum);
    else digest.update(chunk);
    at += count;
  }
  return digest?.digest('hex') ?? checksum.toString(16).padStart(8, '0');
}
