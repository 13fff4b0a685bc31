/** A user store in memory, for `--user NAME:PASSWORD`, configuration files, tests and examples. */

import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

import { ConfigError, UserStoreError } from '../errors/index.ts';
import type { AccountSettings } from './account-settings.ts';
import { Decoys } from './decoys.ts';
import { type PasswordHash, parsePasswordHash, verifyPassword } from './hashes/index.ts';
import type {
  ControlLossPolicy,
  LoginContext,
  MissingCloseNotifyPolicy,
  Secret,
  UserAccount,
  UserStore,
} from './user-store.ts';

/** One user of the store. */
export interface MemoryUser extends AccountSettings {
  readonly name: string;
  /** The plain password as a `Secret`, or its hash in any form that `parsePasswordHash` takes. */
  readonly password: Secret | string;
  /** Folder that this user sees as `/`; `/` by default. */
  readonly home?: string;
  /** False by default. */
  readonly readOnly?: boolean;
  /** May see the server's own numbers in STAT; false by default. */
  readonly admin?: boolean;
  /** Default: the server's. */
  readonly onControlLoss?: ControlLossPolicy;
  /** Default: the server's. */
  readonly missingCloseNotify?: MissingCloseNotifyPolicy;
}

export interface MemoryUserStoreOptions {
  readonly users: readonly MemoryUser[];
  /** Does the work of a hash for every login, also where no user has one: beside a store that does. */
  readonly hashesAlways?: boolean;
}

/**
 * What is kept of a password. A plain one is kept as a digest under a key of this store: its text stands in the
 * arguments or the configuration of the process anyway, so a slow hash would protect nothing and delay each login.
 */
type Verifier =
  { readonly kind: 'digest'; readonly digest: Buffer } | { readonly kind: 'hash'; readonly hash: PasswordHash };

interface Registered {
  readonly account: UserAccount;
  readonly verifier: Verifier;
}

/** Creates a store. Throws `ConfigError` for empty or repeated names, empty passwords and malformed hashes. */
export function createMemoryUserStore(options: MemoryUserStoreOptions): UserStore {
  return new MemoryUserStore(options);
}

class MemoryUserStore implements UserStore {
  readonly #key = randomBytes(32);
  readonly #users = new Map<string, Registered>();
  /** Stands in where no hash is to be checked; undefined when no user of the store has one. */
  readonly #decoys: Decoys | undefined;
  #closed = false;

  constructor({ users, hashesAlways = false }: MemoryUserStoreOptions) {
    for (const user of users) this.#register(user);
    const hashes = users.flatMap(({ password: hash }) => (typeof hash === 'string' ? [{ hash, users: 1 }] : []));
    this.#decoys = hashes.length === 0 && !hashesAlways ? undefined : new Decoys(decoyKey(users), hashes);
  }

  async authenticate(name: string, password: Secret, { signal }: LoginContext): Promise<UserAccount | undefined> {
    if (this.#closed) throw new UserStoreError('ERR_TWINLINE_USER_STORE', 'The user store is closed.');
    const user = this.#users.get(name);
    const digest = this.#digest(password.reveal());
    const matchesDigest = timingSafeEqual(digest, user?.verifier.kind === 'digest' ? user.verifier.digest : this.#key);
    const decoy = this.#decoys?.hashFor(name);
    const hash = user?.verifier.kind === 'hash' ? user.verifier.hash : decoy;
    // Every name does the work of a hash as soon as one user has one, so that the time tells nothing.
    const matchesHash = hash !== undefined && (await verifyPassword(password, hash, signal));
    const matches = user?.verifier.kind === 'hash' ? matchesHash : matchesDigest;
    return user !== undefined && matches ? user.account : undefined;
  }

  async findAccount(name: string): Promise<UserAccount | undefined> {
    if (this.#closed) throw new UserStoreError('ERR_TWINLINE_USER_STORE', 'The user store is closed.');
    return this.#users.get(name)?.account;
  }

  async knows(name: string): Promise<boolean> {
    return this.#users.has(name);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#users.clear();
    this.#key.fill(0);
  }

  #register(user: MemoryUser): void {
    if (user.name === '') throw new ConfigError('ERR_TWINLINE_CONFIG', 'A user needs a name.');
    if (this.#users.has(user.name)) {
      throw new ConfigError('ERR_TWINLINE_CONFIG', `The user ${JSON.stringify(user.name)} is given twice.`);
    }
    const home = user.home ?? '/';
    if (!isNormalisedPath(home)) {
      const message = `The home of user ${JSON.stringify(user.name)} must be an absolute path without "." and "..".`;
      throw new ConfigError('ERR_TWINLINE_CONFIG', message);
    }
    const { name, password: _password, readOnly = false, ...more } = user;
    const account = { ...more, name, home, readOnly };
    this.#users.set(user.name, { account, verifier: this.#createVerifier(user) });
  }

  #createVerifier(user: MemoryUser): Verifier {
    if (typeof user.password === 'string') return { kind: 'hash', hash: parsePasswordHash(user.password) };
    const text = user.password.reveal();
    if (text === '') {
      throw new ConfigError('ERR_TWINLINE_CONFIG', `The user ${JSON.stringify(user.name)} needs a password.`);
    }
    return { kind: 'digest', digest: this.#digest(text) };
  }

  #digest(text: string): Buffer {
    return createHmac('sha256', this.#key).update(text, 'utf8').digest();
  }
}

/** The same at each start, and known to nobody who does not know the hashes. */
function decoyKey(users: readonly MemoryUser[]): Buffer {
  const key = createHash('sha256');
  for (const { password } of users) if (typeof password === 'string') key.update(`${password}\n`);
  return key.digest();
}

function isNormalisedPath(path: string): boolean {
  if (path === '/') return true;
  const [first, ...names] = path.split('/');
  return first === '' && names.every((name) => name !== '' && name !== '.' && name !== '..');
}
