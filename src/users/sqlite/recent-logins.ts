/** Remembers recent successful logins, so that a client which logs in for each file does not pay Argon2 each time. */

import { createHmac, randomBytes } from 'node:crypto';
import type { Secret } from '../user-store.ts';

/** How long a login is remembered, in milliseconds, and how many are. */
const rememberMs = 5 * 60_000;
const maxRemembered = 1_000;

/**
 * Keeps no password: only a digest, under a key of this process, of the name, the password and the stored hash, so
 * that a changed password forgets by itself. A name that is not remembered tells nothing about passwords.
 */
export class RecentLogins {
  readonly #key = randomBytes(32);
  readonly #until = new Map<string, number>();

  #digest(name: string, password: Secret, hash: string): string {
    const hmac = createHmac('sha256', this.#key);
    for (const text of [name, password.reveal(), hash]) hmac.update(`${Buffer.byteLength(text)}:`).update(text, 'utf8');
    return hmac.digest('base64');
  }

  has(name: string, password: Secret, hash: string): boolean {
    const digest = this.#digest(name, password, hash);
    const until = this.#until.get(digest);
    if (until === undefined) return false;
    if (until > performance.now()) return true;
    this.#until.delete(digest);
    return false;
  }

  add(name: string, password: Secret, hash: string): void {
    const oldest = this.#until.size >= maxRemembered ? this.#until.keys().next().value : undefined;
    if (oldest !== undefined) this.#until.delete(oldest);
    this.#until.set(this.#digest(name, password, hash), performance.now() + rememberMs);
  }

  clear(): void {
    this.#until.clear();
  }
}
