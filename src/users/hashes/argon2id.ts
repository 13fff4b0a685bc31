/** Argon2id password hashes in PHC string format (`$argon2id$v=19$m=…,t=…,p=…$salt$hash`). */

import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';

import { ConfigError } from '../../errors/index.ts';
import type { Secret } from '../user-store.ts';

/** The cost of a hash: `memoryKiB` KiB of memory, `passes` over it, in `parallelism` lanes. */
export interface Argon2Cost {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** Cost of new hashes: OWASP's first choice for Argon2id (19 MiB, 2 passes, 1 lane), about 20 ms of one core. */
export const argon2Cost: Argon2Cost = { memoryKiB: 19_456, passes: 2, parallelism: 1 };

/**
 * The most that a hash in a configuration may ask for. A hash beyond it is a mistake: each login would hold a thread
 * of the pool and that much memory.
 */
export const maxArgon2Cost: Argon2Cost = { memoryKiB: 1_048_576, passes: 64, parallelism: 16 };

const saltBytes = 16;
const tagBytes = 32;

/** A parsed hash. */
export interface Argon2Hash {
  readonly scheme: 'argon2id';
  readonly cost: Argon2Cost;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

const phcFormat =
  /^\$argon2id\$v=19\$m=(\d{1,9}),t=(\d{1,9}),p=(\d{1,9})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

/** Parses a PHC string; throws `ConfigError` when it is not an Argon2id hash within the bounds. Never repeats the text. */
export function parseArgon2Hash(text: string): Argon2Hash {
  const match = phcFormat.exec(text);
  const [, memory, passes, lanes, salt, tag] = match ?? [];
  if (salt === undefined || tag === undefined) {
    throw new ConfigError(
      'ERR_TWINLINE_CONFIG',
      'A password hash must look like $argon2id$v=19$m=…,t=…,p=…$salt$hash.',
    );
  }
  const cost = { memoryKiB: Number(memory), passes: Number(passes), parallelism: Number(lanes) };
  if (!isAllowedCost(cost)) {
    throw new ConfigError('ERR_TWINLINE_CONFIG', 'A password hash asks for a cost that is out of bounds.');
  }
  return { scheme: 'argon2id', cost, salt: Buffer.from(salt, 'base64'), tag: Buffer.from(tag, 'base64') };
}

function isAllowedCost(cost: Argon2Cost): boolean {
  return (
    cost.passes >= 1 &&
    cost.passes <= maxArgon2Cost.passes &&
    cost.parallelism >= 1 &&
    cost.parallelism <= maxArgon2Cost.parallelism &&
    cost.memoryKiB >= 8 * cost.parallelism &&
    cost.memoryKiB <= maxArgon2Cost.memoryKiB
  );
}

/** Hashes with a new random salt, in the thread pool. */
export async function makeArgon2Hash(password: Secret, cost: Argon2Cost): Promise<string> {
  const salt = randomBytes(saltBytes);
  return formatHash(cost, salt, await deriveTag(password, salt, cost, tagBytes));
}

/** A hash of no password at this cost. */
export function argon2Decoy(cost: Argon2Cost = argon2Cost): string {
  return formatHash(cost, randomBytes(saltBytes), randomBytes(tagBytes));
}

/** Tells whether the password belongs to the hash, in a time that does not depend on where they differ. */
export async function checkArgon2Hash(password: Secret, { cost, salt, tag }: Argon2Hash): Promise<boolean> {
  return timingSafeEqual(await deriveTag(password, salt, cost, tag.length), tag);
}

function formatHash(cost: Argon2Cost, salt: Buffer, tag: Buffer): string {
  const fields = `m=${cost.memoryKiB},t=${cost.passes},p=${cost.parallelism}`;
  return `$argon2id$v=19$${fields}$${unpadded(salt)}$${unpadded(tag)}`;
}

function deriveTag(password: Secret, salt: Buffer, cost: Argon2Cost, tagLength: number): Promise<Buffer> {
  const parameters = {
    message: Buffer.from(password.reveal(), 'utf8'),
    nonce: salt,
    memory: cost.memoryKiB,
    passes: cost.passes,
    parallelism: cost.parallelism,
    tagLength,
  };
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, tag) => {
      if (error) reject(error);
      else resolve(tag);
    });
  });
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
