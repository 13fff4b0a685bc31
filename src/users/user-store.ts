/** The interface that every user store implements. */

import type { AccountSettings } from './account-settings.ts';

/** A password that cannot be printed by accident: JSON, inspection and string conversion all show asterisks. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The only way to the text; the caller keeps it out of logs and messages. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '********';
  }

  toJSON(): string {
    return '********';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '********';
  }
}

/**
 * What becomes of a transfer whose control connection is lost: `abort` ends it at once (RFC 959 section 3.2, condition
 * 4); `finish` lets it come to its own end; `graceMs` does so for that many milliseconds and then ends it.
 */
export type ControlLossPolicy = 'abort' | 'finish' | { readonly graceMs: number };

/**
 * What an upload under TLS counts as that ends without close_notify: `refuse`, interrupted (426, it stays resumable);
 * `tolerate`, taken as it is and recorded as unproven, for clients that cannot do better.
 */
export type MissingCloseNotifyPolicy = 'refuse' | 'tolerate';

/** What the server knows of a user who may log in. */
export interface UserAccount extends AccountSettings {
  readonly name: string;
  /** Folder of the storage that this user sees as `/`; `/` when the whole storage is theirs. */
  readonly home: string;
  readonly readOnly: boolean;
  /** Came without a password of their own: what they gave as one is logged, a mail address by custom. */
  readonly anonymous?: boolean;
  /** May see the server's own numbers in STAT. */
  readonly admin?: boolean;
  /** Default: the server's. */
  readonly onControlLoss?: ControlLossPolicy;
  /** Default: the server's. */
  readonly missingCloseNotify?: MissingCloseNotifyPolicy;
}

/** Where a login comes from, for stores that decide by it. */
export interface LoginContext {
  readonly remoteAddress: string;
  /** Ends the wait of a login that nobody waits for any more: the store may reject then. */
  readonly signal?: AbortSignal;
}

/** A user store. Rejects with `UserStoreError` when it cannot answer; a wrong password is an answer (`undefined`). */
export interface UserStore {
  /**
   * Checks a name and a password. Resolves with the account, or undefined when either is wrong, after the same
   * amount of work for unknown names as for known ones (user enumeration by time).
   */
  authenticate(name: string, password: Secret, context: LoginContext): Promise<UserAccount | undefined>;
  /**
   * The account of a user who has been proved otherwise (a client certificate); undefined when there is none, or when
   * it may not log in now or from there. A store without this method logs nobody in without a password. Sessions ask it
   * from time to time, too, and end when their user is not found any more, where the store knew the name at the login.
   */
  findAccount?(name: string, context: LoginContext): Promise<UserAccount | undefined>;
  /** Whether the store has a user of this name, who may log in or not; in a chain of stores it decides who is asked. */
  knows?(name: string): Promise<boolean>;
  close(): Promise<void>;
}
