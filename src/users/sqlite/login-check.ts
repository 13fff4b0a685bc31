/** Whether a password is that of a user of the database, after the same work for names that nobody has. */

import type { DatabaseSync } from 'node:sqlite';
import { TwinlineError, UserStoreError } from '../../errors/index.ts';
import { type CountedHash, Decoys } from '../decoys.ts';
import {
  argon2Decoy,
  hashPassword,
  isOutdated,
  parsePasswordHash,
  type PasswordHash,
  type verifyPassword,
} from '../hashes/index.ts';
import type { Secret } from '../user-store.ts';
import { type LoginQuestion, RecentLogins } from './recent-logins.ts';
import { replaceHash } from './user-rows.ts';

/** How long a count of the kinds of hashes serves at least; a count reads the whole table. */
const decoysAgeMs = 600_000;
/** Hashes of other programs that are looked at for a count, 20 ms of work; of more, these stand for the rest. */
const maxCountedHashes = 5_000;

export interface Login {
  readonly name: string;
  readonly password: Secret;
  /** The stored hash; undefined when nobody has this name. */
  readonly hash: string | undefined;
  readonly signal: AbortSignal | undefined;
}

export class LoginCheck {
  readonly #database: DatabaseSync;
  readonly #verify: typeof verifyPassword;
  readonly #recent = new RecentLogins();
  readonly #decoyKey: Uint8Array;
  #decoys: { readonly decoys: Decoys; readonly countedMs: number } | undefined;

  constructor(database: DatabaseSync, verify: typeof verifyPassword) {
    this.#database = database;
    this.#verify = verify;
    this.#decoyKey = (database.prepare("SELECT key FROM keys WHERE name = 'decoys'").get() as { key: Uint8Array }).key;
  }

  /** Whether these were right a short while ago; false says nothing. */
  remembers({ name, password, hash }: LoginQuestion): boolean {
    return this.#recent.has({ name, password, hash });
  }

  /** Works it out. Rejects with `UserStoreError` when it cannot be told. */
  async matches({ name, password, hash, signal }: Login): Promise<boolean> {
    const parsed = hash === undefined ? this.#decoyFor(name) : parseStored(hash);
    const question = { name, password, hash: hash ?? '' };
    return await this.#recent.sharing(question, async () => {
      const matches = await this.#verify(password, parsed, signal);
      if (!matches || hash === undefined || password.reveal() === '') return false;
      const stored = await this.#upgraded(name, password, hash, parsed);
      if (stored !== undefined) this.#recent.add({ name, password, hash: stored });
      return true;
    });
  }

  clear(): void {
    this.#recent.clear();
  }

  /** The hash in the database, made anew when it was another program's; undefined when that could not be. */
  async #upgraded(name: string, password: Secret, hash: string, parsed: PasswordHash): Promise<string | undefined> {
    if (!isOutdated(parsed)) return hash;
    try {
      const better = await hashPassword(password);
      return replaceHash(this.#database, name, hash, better) ? better : undefined;
    } catch {
      // The password is right all the same, and the next login tries again.
      return undefined;
    }
  }

  #decoyFor(name: string): PasswordHash {
    const now = performance.now();
    if (this.#decoys === undefined || now - this.#decoys.countedMs > decoysAgeMs) {
      this.#decoys = { decoys: new Decoys(this.#decoyKey, this.#hashes()), countedMs: now };
    }
    return this.#decoys.decoys.hashFor(name);
  }

  /** Most hashes are as we make them, and these are only counted. */
  *#hashes(): Generator<CountedHash> {
    const usual = argon2Decoy();
    const pattern = `${usual.slice(0, usual.indexOf('$', usual.indexOf('m=')) + 1)}*`;
    try {
      const counted = this.#database.prepare('SELECT count(*) AS total, sum(password_hash GLOB ?) AS usual FROM users');
      const counts = counted.get(pattern) as { total: number; usual: number | null };
      const [usualUsers, others] = [counts.usual ?? 0, counts.total - (counts.usual ?? 0)];
      if (usualUsers > 0) yield { hash: usual, users: usualUsers };
      const sample = this.#database.prepare(
        'SELECT password_hash AS hash FROM users WHERE password_hash NOT GLOB ? LIMIT ?',
      );
      const users = Math.max(1, others / maxCountedHashes);
      for (const row of sample.iterate(pattern, maxCountedHashes))
        yield { hash: (row as { hash: string }).hash, users };
    } catch (error) {
      const message = 'The user database could not be read.';
      throw new UserStoreError('ERR_TWINLINE_USER_STORE', message, { cause: error });
    }
  }
}

function parseStored(hash: string): PasswordHash {
  try {
    return parsePasswordHash(hash);
  } catch (error) {
    const reason = error instanceof TwinlineError ? error.message : String(error);
    const message = `The stored hash of a user cannot be checked. ${reason}`;
    throw new UserStoreError('ERR_TWINLINE_USER_STORE', message, { cause: error });
  }
}
