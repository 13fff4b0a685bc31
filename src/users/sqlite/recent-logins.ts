/** Remembers recent successful logins, so that a client which logs in for each file does not pay Argon2 each time. */

import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import type { Secret } from '../user-store.ts';

/** How long a login is remembered, in milliseconds, and how many are. */
const rememberMs = 5 * 60_000;
const maxRemembered = 1_000;

/** What a login was checked against. */
export interface LoginQuestion {
  readonly name: string;
  readonly password: Secret;
  /** The hash that is stored, or that stands in for one. */
  readonly hash: string;
}

/**
 * Keeps no password: only a digest, under a key of this process, of the name, the password and the stored hash, so
 * that a changed password forgets by itself, whichever process has changed it. Only right passwords are remembered, and a
 * name that is not remembered tells nothing about passwords. Where a login comes from is not part of it, and is checked each time.
 */
export class RecentLogins {
  /** Made once: Node takes three times as long for a digest under bytes as under a key. */
  readonly #key = createSecretKey(randomBytes(32));
  readonly #now: () => number;
  readonly #until = new Map<string, number>();
  readonly #running = new Map<string, Promise<boolean>>();

  /** `now` counts milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Logins that are remembered. */
  get size(): number {
    return this.#until.size;
  }

  #digest({ name, password, hash }: LoginQuestion): string {
    const parts = [name, password.reveal(), hash].map((text) => `${Buffer.byteLength(text)}:${text}`);
    return createHmac('sha256', this.#key).update(parts.join(''), 'utf8').digest('base64');
  }

  has(question: LoginQuestion): boolean {
    const digest = this.#digest(question);
    const until = this.#until.get(digest);
    if (until === undefined) return false;
    if (until > this.#now()) return true;
    this.#until.delete(digest);
    return false;
  }

  add(question: LoginQuestion): void {
    const digest = this.#digest(question);
    // What is added again counts as the newest.
    this.#until.delete(digest);
    const oldest = this.#until.size >= maxRemembered ? this.#until.keys().next().value : undefined;
    if (oldest !== undefined) this.#until.delete(oldest);
    this.#until.set(digest, this.#now() + rememberMs);
  }

  /** Asks `check`, once for all who ask the same at the same time: clients open several sessions at once. */
  async sharing(question: LoginQuestion, check: () => Promise<boolean>): Promise<boolean> {
    const digest = this.#digest(question);
    const asked = this.#running.get(digest);
    if (asked !== undefined) {
      // The one who asked first may have given up, which is no answer for the others.
      const shared = await asked.catch(() => undefined);
      if (shared !== undefined) return shared;
    }
    const answer = check();
    this.#running.set(digest, answer);
    try {
      return await answer;
    } finally {
      if (this.#running.get(digest) === answer) this.#running.delete(digest);
    }
  }

  clear(): void {
    this.#until.clear();
  }
}
