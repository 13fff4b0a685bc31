/** What a session has of its user from the login on: the files, the place among the user's sessions, and its standing. */

import type { StorageBackend } from '../storage/index.ts';
import type { UserAccount } from '../users/index.ts';
import type { Quota } from './quota/metered-upload.ts';
import { type AccountStorage, openAccountStorage } from './rights/account-storage.ts';
import type { SessionSurroundings } from './session-surroundings.ts';
import type { SessionShare } from './shares/user-shares.ts';

/** A user who was removed or disabled is noticed at the first command after this many milliseconds. */
const recheckMs = 5_000;

/** One for each session; before login it gives nothing. */
export class Membership {
  readonly #surroundings: SessionSurroundings;
  readonly #remoteAddress: () => string;
  #files: AccountStorage | undefined;
  #share: SessionShare | undefined;
  #account: UserAccount | undefined;
  /** The store could tell at the login that it knows the user without a password. */
  #isKnown = false;
  #checkedAt = 0;

  constructor(surroundings: SessionSurroundings, remoteAddress: () => string) {
    this.#surroundings = surroundings;
    this.#remoteAddress = remoteAddress;
  }

  /** The files as this user may use them, under the user's own paths; before login, nothing. */
  get storage(): StorageBackend {
    return this.#files?.storage ?? this.#surroundings.closedStorage;
  }

  get quota(): Quota | undefined {
    return this.#files?.quota;
  }

  /** Undefined before login. */
  get share(): SessionShare | undefined {
    return this.#share;
  }

  /** `full`: the user has as many sessions as may be, and nothing has changed. */
  async enter(account: UserAccount): Promise<'entered' | 'full'> {
    const share = await this.#surroundings.shares.enter(account);
    if (share === undefined) return 'full';
    try {
      this.#files = await openAccountStorage(account, this.#surroundings.storages);
      this.#share = share;
      this.#account = account;
      this.#isKnown = await this.#find(account);
      this.#checkedAt = performance.now();
      return 'entered';
    } catch (error) {
      share.leave();
      throw error;
    }
  }

  leave(): void {
    void this.#files?.close();
    this.#share?.leave();
    this.#files = undefined;
    this.#share = undefined;
    this.#account = undefined;
  }

  async #find(account: UserAccount): Promise<boolean> {
    const found = this.#surroundings.users().findAccount?.(account.name, { remoteAddress: this.#remoteAddress() });
    return (await found) !== undefined;
  }

  /** True from time to time: then `stillAdmitted` is to be asked before the next command. */
  get isCheckDue(): boolean {
    return this.#isKnown && this.#account !== undefined && performance.now() - this.#checkedAt >= recheckMs;
  }

  /** False when the user has been removed, disabled, or has expired since the login. A store that fails tells nothing. */
  async stillAdmitted(): Promise<boolean> {
    const account = this.#account;
    this.#checkedAt = performance.now();
    if (account === undefined) return true;
    try {
      return await this.#find(account);
    } catch {
      return true;
    }
  }
}
