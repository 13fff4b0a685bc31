/** The digest of a part of a file: read by the storage, computed by a thread, both at the same time. */

import { StorageError } from '../../errors/index.ts';
import type { ReadHandle } from '../../storage/index.ts';
import { createDigest, type HashAlgorithm } from './algorithms.ts';
import { type HashPool, hashPool } from './hash-pool.ts';
import type { HashJob } from './hash-thread.ts';

/** Bytes of one read, two of which are under way; so much is also hashed at once without a thread: half a millisecond. */
const hashStepBytes = 262_144;

/** Which bytes, and how. */
export interface HashRequest {
  readonly algorithm: HashAlgorithm;
  /** First byte. */
  readonly start: number;
  /** The byte behind the last; at most the size of the file. */
  readonly end: number;
  /** Who asks. */
  readonly user: string;
}

/** What the owner of a digest hears and says. */
export interface HashWatch {
  /** Bytes are with the digest. */
  advanced(bytes: number): void;
  isWanted(): boolean;
  /** Calls back once when `isWanted` turns false, at once when it is. */
  whenUnwanted(callback: () => void): void;
}

/**
 * The digest in hexadecimal, small letters, or undefined when it was given up. The file stays open. Rejects with
 * `StorageError`: `io` where the file has become shorter.
 */
export async function hashFile(
  file: ReadHandle,
  request: HashRequest,
  watch: HashWatch,
  pool: HashPool = hashPool,
): Promise<string | undefined> {
  if (request.end - request.start <= hashStepBytes) return hashSmall(file, request, watch);
  const place = await pool.take(request.user, (cancel) => watch.whenUnwanted(cancel));
  if (place === undefined) return undefined;
  try {
    const job = place.begin(request.algorithm);
    try {
      return await hashSteps(file, request, watch, job);
    } finally {
      job.drop();
    }
  } finally {
    place.giveBack();
  }
}

async function hashSmall(file: ReadHandle, request: HashRequest, watch: HashWatch): Promise<string | undefined> {
  const digest = createDigest(request.algorithm);
  const buffer = Buffer.allocUnsafe(request.end - request.start);
  await fill(file, buffer, request.start);
  digest.update(buffer);
  watch.advanced(buffer.length);
  return watch.isWanted() ? digest.hex() : undefined;
}

/** While the thread has one buffer the storage fills the other. */
async function hashSteps(
  file: ReadHandle,
  { start, end }: HashRequest,
  watch: HashWatch,
  job: HashJob,
): Promise<string | undefined> {
  let buffer = new ArrayBuffer(hashStepBytes);
  let hashing = Promise.resolve(new ArrayBuffer(hashStepBytes));
  for (let position = start; position < end;) {
    const length = Math.min(hashStepBytes, end - position);
    // Both are waited for also where one fails: neither may still use its memory, or reject unheard, afterwards.
    const [filled, given] = await Promise.allSettled([fill(file, Buffer.from(buffer, 0, length), position), hashing]);
    if (filled.status === 'rejected') throw filled.reason;
    if (given.status === 'rejected') throw given.reason;
    if (!watch.isWanted()) return undefined;
    hashing = job.update(buffer, length);
    buffer = given.value;
    position += length;
    watch.advanced(length);
  }
  await hashing;
  return watch.isWanted() ? job.digest() : undefined;
}

async function fill(file: ReadHandle, buffer: Buffer, start: number): Promise<void> {
  for (let have = 0; have < buffer.length;) {
    const count = await file.read(buffer.subarray(have), start + have);
    if (count === 0) throw new StorageError('io', '', 'The file was cut while it was read.');
    have += count;
  }
}
