/** Password hashes: Argon2id for what is kept, and the schemes of other programs for what is taken over. */

import { ConfigError, TwinlineError, UserStoreError } from '../../errors/index.ts';
import type { Secret } from '../user-store.ts';
import {
  type Argon2Cost,
  argon2Cost,
  type Argon2Hash,
  checkArgon2Hash,
  makeArgon2Hash,
  parseArgon2Hash,
} from './argon2id.ts';
import { parseForeignHash, unwrapHash } from './foreign-schemes.ts';
import { checkForeignHash } from './foreign-thread.ts';
import { WorkGate } from './work-gate.ts';

export { type Argon2Cost, argon2Cost, argon2Decoy, maxArgon2Cost } from './argon2id.ts';
export { WorkGate, type WorkGateOptions } from './work-gate.ts';

/** A hash of another program, proved to be one that can be checked. */
export interface ForeignHash {
  readonly scheme: 'foreign';
  readonly text: string;
  readonly costClass: string;
}

export type PasswordHash = Argon2Hash | ForeignHash;

/**
 * Argon2 runs in libuv's pool of four threads, which files use as well: half of them stay free for these, whatever the
 * number of logins.
 */
const maxArgon2AtOnce = 2;
/** 5 to 15 s of work; who comes behind is told to try again. */
const maxWaitingLogins = 500;

const argon2Gate = new WorkGate({ atOnce: maxArgon2AtOnce, maxWaiting: maxWaitingLogins });

const argon2Prefix = '$argon2id$';

/** Tells by the beginning alone whether a text is meant as a hash, as opposed to a password in clear. */
export function looksLikePasswordHash(text: string): boolean {
  return /^\$(?:argon2|[1256y]\$|2[abxy]\$|apr1\$|pbkdf2|scrypt\$)|^\{(?:\w+-)?(?:CRYPT|S?SHA|S?MD5|PBKDF2|ARGON2)|^pbkdf2_sha\d/i.test(
    text,
  );
}

/** Parses a hash; throws `ConfigError` when it is none that can be checked within the bounds. Never repeats the text. */
export function parsePasswordHash(text: string): PasswordHash {
  const hash = unwrapHash(text);
  if (hash.startsWith(argon2Prefix)) return parseArgon2Hash(hash);
  return { scheme: 'foreign', text: hash, costClass: parseForeignHash(hash).costClass };
}

/** The text of a hash as it is stored. Throws as `parsePasswordHash` does. */
export function normalisePasswordHash(text: string): string {
  const hash = parsePasswordHash(text);
  return hash.scheme === 'foreign' ? hash.text : unwrapHash(text);
}

/** The same for hashes whose check costs the same work. */
export function costClassOf(hash: PasswordHash): string {
  if (hash.scheme === 'foreign') return hash.costClass;
  const { memoryKiB, passes, parallelism } = hash.cost;
  return `${argon2Prefix}${memoryKiB},${passes},${parallelism}`;
}

/** Whether a hash should be made anew at the next login: it is another program's, or cheaper than what we make now. */
export function isOutdated(hash: PasswordHash): boolean {
  if (hash.scheme === 'foreign') return true;
  return hash.cost.memoryKiB < argon2Cost.memoryKiB || hash.cost.passes < argon2Cost.passes;
}

/** Hashes a password with a new random salt, off the event loop; rejects with `ConfigError` for an empty one. */
export async function hashPassword(password: Secret, cost: Argon2Cost = argon2Cost): Promise<string> {
  if (password.reveal() === '') throw new ConfigError('ERR_TWINLINE_CONFIG', 'A password must not be empty.');
  return argon2Gate.run(() => makeArgon2Hash(password, cost));
}

/**
 * Tells whether the password belongs to the hash, off the event loop, in a time that does not depend on where they
 * differ. Rejects with `UserStoreError` when too many wait, when `signal` gives the wait up, or when the work fails.
 */
export async function verifyPassword(
  password: Secret,
  hash: string | PasswordHash,
  signal?: AbortSignal,
): Promise<boolean> {
  const parsed = typeof hash === 'string' ? parsePasswordHash(hash) : hash;
  if (parsed.scheme === 'foreign') {
    return checkForeignHash({ password: password.reveal(), hash: parsed.text }, signal);
  }
  try {
    return await argon2Gate.run(() => checkArgon2Hash(password, parsed), signal);
  } catch (error) {
    if (error instanceof TwinlineError) throw error;
    const message = 'A password hash could not be computed.';
    throw new UserStoreError('ERR_TWINLINE_USER_STORE', message, { cause: error });
  }
}
