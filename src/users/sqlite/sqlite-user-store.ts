/** Users in a SQLite file: the embedded default for servers that run for years. */

import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ConfigError, TwinlineError, UserStoreError } from '../../errors/index.ts';
import { hashPassword, normalisePasswordHash, verifyPassword } from '../hashes/index.ts';
import type { LoginContext, Secret, UserAccount, UserStore } from '../user-store.ts';
import { mayComeFrom } from './allowed-networks.ts';
import { type ImportedUser, type ImportOutcome, importUsers } from './import-users.ts';
import { LoginCheck } from './login-check.ts';
import { migrate } from './migrations.ts';
import { accountOf, recordOfRow, type UserRecord, type UserRow } from './user-record.ts';
import {
  busyTimeoutMs,
  checkRecord,
  configProblem,
  findRow,
  insertRow,
  inTransaction,
  prepareFind,
  storeHash,
  updateRow,
} from './user-rows.ts';

/** A user store that can also be written. */
export interface UserDirectory extends UserStore {
  list(): readonly UserRecord[];
  get(name: string): UserRecord | undefined;
  /**
   * Takes a password, or a hash made elsewhere in a form of `parsePasswordHash`. Throws `ConfigError` when the name is
   * taken or something of the record is wrong.
   */
  add(record: UserRecord, password: Secret | string): Promise<void>;
  /** Replaces everything but name and password. Throws `ConfigError` when there is no such user. */
  update(record: UserRecord): void;
  setPassword(name: string, password: Secret): Promise<void>;
  /** Takes a hash made elsewhere. */
  setPasswordHash(name: string, hash: string): void;
  remove(name: string): void;
  /** Takes all of them or none; `dryRun` takes none and tells what would become of them. */
  importUsers(users: readonly ImportedUser[], options: { readonly dryRun: boolean }): ImportOutcome;
}

export interface SqliteUserStoreOptions {
  /** In place of `verifyPassword`, for who counts its calls. */
  readonly verify?: typeof verifyPassword;
}

function problem(message: string, cause?: unknown): UserStoreError {
  return new UserStoreError('ERR_TWINLINE_USER_STORE', message, cause === undefined ? {} : { cause });
}

/** Opens or creates the file, or a database in memory where it is `:memory:`. Throws `UserStoreError` when it cannot be used. */
export function openSqliteUserStore(file: string, options: SqliteUserStoreOptions = {}): UserDirectory {
  try {
    return new SqliteUserStore(file, options.verify ?? verifyPassword);
  } catch (error) {
    if (error instanceof UserStoreError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw problem(`The user database ${file} cannot be used: ${reason}.`, error);
  }
}

/** A database that nobody else sees and that is gone when it is closed, as SQLite names it. */
const inMemory = ':memory:';

/** The file holds password hashes: it is made readable for its owner alone before anything is in it. */
function makeFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
}

class SqliteUserStore implements UserDirectory {
  readonly #database: DatabaseSync;
  readonly #file: string;
  readonly #logins: LoginCheck;
  readonly #find: ReturnType<typeof prepareFind>;
  #closed = false;

  constructor(file: string, verify: typeof verifyPassword) {
    if (file !== inMemory) makeFile(file);
    this.#file = file;
    this.#database = new DatabaseSync(file, { timeout: busyTimeoutMs });
    try {
      this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
      migrate(this.#database);
      this.#logins = new LoginCheck(this.#database, verify);
      this.#find = prepareFind(this.#database);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** What SQLite says becomes an error of the store; errors of ours stay what they are. */
  #use<Result>(work: (database: DatabaseSync) => Result): Result {
    if (this.#closed) throw problem('The user store is closed.');
    try {
      return work(this.#database);
    } catch (error) {
      if (error instanceof TwinlineError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw problem(`The user database ${this.#file} could not be used: ${reason}.`, error);
    }
  }

  async authenticate(name: string, password: Secret, context: LoginContext): Promise<UserAccount | undefined> {
    const row = this.#row(name);
    const hash = row?.password_hash;
    if (row !== undefined && this.#logins.remembers({ name, password, hash: row.password_hash })) {
      return admitted(row, context);
    }
    const matches = await this.#logins.matches({ name, password, hash, signal: context.signal });
    // Read anew: a user who was disabled while the password was checked stays out.
    return matches ? this.findAccount(name, context) : undefined;
  }

  async findAccount(name: string, context: LoginContext): Promise<UserAccount | undefined> {
    return admitted(this.#row(name), context);
  }

  #row(name: string): UserRow | undefined {
    return this.#use(() => this.#find(name));
  }

  async knows(name: string): Promise<boolean> {
    return this.get(name) !== undefined;
  }

  list(): readonly UserRecord[] {
    const rows = this.#use((database) => database.prepare('SELECT * FROM users ORDER BY name').all());
    return (rows as unknown as UserRow[]).map(recordOfRow);
  }

  get(name: string): UserRecord | undefined {
    const row = this.#row(name);
    return row === undefined ? undefined : recordOfRow(row);
  }

  #mustExist(name: string): void {
    if (this.get(name) === undefined) throw configProblem(`There is no user "${name}".`);
  }

  async add(record: UserRecord, password: Secret | string): Promise<void> {
    checkRecord(record);
    const hash = typeof password === 'string' ? normalisePasswordHash(password) : await hashed(password);
    this.#use((database) =>
      inTransaction(database, () => {
        if (findRow(database, record.name) !== undefined) {
          throw configProblem(`There is a user "${record.name}" already.`);
        }
        insertRow(database, record, hash);
      }),
    );
  }

  update(record: UserRecord): void {
    checkRecord(record);
    this.#mustExist(record.name);
    this.#use((database) => updateRow(database, record));
  }

  async setPassword(name: string, password: Secret): Promise<void> {
    this.#mustExist(name);
    const hash = await hashed(password);
    this.#use((database) => storeHash(database, name, hash));
  }

  setPasswordHash(name: string, hash: string): void {
    const normal = normalisePasswordHash(hash);
    this.#mustExist(name);
    this.#use((database) => storeHash(database, name, normal));
  }

  remove(name: string): void {
    this.#mustExist(name);
    this.#use((database) => database.prepare('DELETE FROM users WHERE name = ?').run(name));
  }

  importUsers(users: readonly ImportedUser[], options: { readonly dryRun: boolean }): ImportOutcome {
    return this.#use((database) => importUsers(database, users, options));
  }

  close(): Promise<void> {
    if (!this.#closed) this.#database.close();
    this.#closed = true;
    this.#logins.clear();
    return Promise.resolve();
  }
}

/** The account of a user who may log in now, from there. */
function admitted(row: UserRow | undefined, context: LoginContext): UserAccount | undefined {
  const record = row && recordOfRow(row);
  if (record === undefined || record.disabled) return undefined;
  if (record.expiresMs !== undefined && record.expiresMs <= Date.now()) return undefined;
  return mayComeFrom(record.allowedNetworks, context.remoteAddress) ? accountOf(record) : undefined;
}

async function hashed(password: Secret): Promise<string> {
  if (password.reveal() === '') throw new ConfigError('ERR_TWINLINE_CONFIG', 'A password must not be empty.');
  return await hashPassword(password);
}
