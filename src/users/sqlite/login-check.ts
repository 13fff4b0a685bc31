/** Whether a password is that of a user of the database, after the same work for names that nobody has. */

import type { DatabaseSync } from 'node:sqlite';
import { TwinlineError, UserStoreError } from '../../errors/index.ts';
import { Decoys } from '../decoys.ts';
import {
  hashPassword,
  isOutdated,
  parsePasswordHash,
  type PasswordHash,
  type verifyPassword,
} from '../hashes/index.ts';
import type { Secret } from '../user-store.ts';
import { RecentLogins } from './recent-logins.ts';
import { replaceHash } from './user-rows.ts';

/** How long a count of the kinds of hashes serves at least; a count reads the whole table. */
const decoysAgeMs = 60_000;

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

  /** Rejects with `UserStoreError` when it cannot be told. */
  async matches({ name, password, hash, signal }: Login): Promise<boolean> {
    const parsed = hash === undefined ? this.#decoyFor(name) : parseStored(hash);
    const question = { name, password, hash: hash ?? '' };
    if (hash !== undefined && this.#recent.has(question)) return true;
    const isRight = await this.#recent.sharing(question, async () => {
      const matches = await this.#verify(password, parsed, signal);
      if (!matches || hash === undefined || password.reveal() === '') return false;
      this.#recent.add({ name, password, hash: await this.#upgraded(name, password, hash, parsed) });
      return true;
    });
    return isRight;
  }

  clear(): void {
    this.#recent.clear();
  }

  /** The hash that stands in the database now: made anew when it was another program's. */
  async #upgraded(name: string, password: Secret, hash: string, parsed: PasswordHash): Promise<string> {
    if (!isOutdated(parsed)) return hash;
    try {
      const better = await hashPassword(password);
      return replaceHash(this.#database, name, hash, better) ? better : hash;
    } catch {
      // The password is right all the same, and the next login tries again.
      return hash;
    }
  }

  #decoyFor(name: string): PasswordHash {
    const now = performance.now();
    if (this.#decoys === undefined || now - this.#decoys.countedMs > decoysAgeMs) {
      this.#decoys = { decoys: new Decoys(this.#decoyKey, this.#hashes()), countedMs: now };
    }
    return this.#decoys.decoys.hashFor(name);
  }

  *#hashes(): Generator<string> {
    try {
      for (const row of this.#database.prepare('SELECT password_hash FROM users').iterate()) {
        yield (row as { password_hash: string }).password_hash;
      }
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
