/** Users in a SQLite file: the embedded default for servers that run for years. */

import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { BlockList, isIPv6 } from 'node:net';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ConfigError, UserStoreError } from '../../errors/index.ts';
import { hashPassword, parsePasswordHash, verifyPassword } from '../password-hash.ts';
import { type LoginContext, Secret, type UserAccount, type UserStore } from '../user-store.ts';
import { migrate } from './migrations.ts';
import { RecentLogins } from './recent-logins.ts';
import { accountSettingsOf } from '../account-settings.ts';
import { serialiseControlLoss } from '../control-loss-policy.ts';
import { accountOf, recordOfRow, type UserRecord, type UserRow } from './user-record.ts';

/** A user store that can also be written. */
export interface UserDirectory extends UserStore {
  list(): readonly UserRecord[];
  get(name: string): UserRecord | undefined;
  /** Throws `ConfigError` when the name is taken or something of the record is wrong. */
  add(record: UserRecord, password: Secret): Promise<void>;
  /** Replaces everything but name and password. Throws `ConfigError` when there is no such user. */
  update(record: UserRecord): void;
  setPassword(name: string, password: Secret): Promise<void>;
  /** Takes a hash made elsewhere (Argon2id in PHC form). */
  setPasswordHash(name: string, hash: string): void;
  remove(name: string): void;
}

function problem(message: string, cause?: unknown): UserStoreError {
  return new UserStoreError('ERR_TWINLINE_USER_STORE', message, cause === undefined ? {} : { cause });
}

/** The list of networks, for the check of one address. Throws `ConfigError` on what is no address and no network. */
function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/', 2);
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    try {
      if (bits === undefined) list.addAddress(address, family);
      else list.addSubnet(address, Number(bits), family);
    } catch (error) {
      const message = `"${network}" is neither an address nor a network such as 192.0.2.0/24.`;
      throw new ConfigError('ERR_TWINLINE_CONFIG', message, { cause: error });
    }
  }
  return list;
}

function checkRecord(record: UserRecord): void {
  const names = record.home.split('/').slice(1);
  const normal = record.home === '/' || names.every((name) => name !== '' && name !== '.' && name !== '..');
  if (record.name === '' || /\p{Cc}/u.test(record.name)) {
    throw new ConfigError('ERR_TWINLINE_CONFIG', 'A user needs a name without control characters.');
  }
  if (!record.home.startsWith('/') || !normal) {
    throw new ConfigError(
      'ERR_TWINLINE_CONFIG',
      `The home "${record.home}" must be an absolute path without "." and "..".`,
    );
  }
  blockListOf(record.allowedNetworks);
}

/** Opens or creates the file. Throws `UserStoreError` when it cannot be used. */
export function openSqliteUserStore(file: string): UserDirectory {
  try {
    return new SqliteUserStore(file);
  } catch (error) {
    if (error instanceof UserStoreError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw problem(`The user database ${file} cannot be used: ${reason}.`, error);
  }
}

class SqliteUserStore implements UserDirectory {
  readonly #database: DatabaseSync;
  readonly #recent = new RecentLogins();
  /** Checked in place of the hash of a name that nobody has, so that the time tells nothing. */
  #decoy: Promise<string> | undefined;
  #closed = false;

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // The file holds password hashes: it is made readable for its owner alone before anything is in it.
    closeSync(openSync(file, 'a', 0o600));
    this.#database = new DatabaseSync(file, { timeout: 5_000 });
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    migrate(this.#database);
  }

  #row(name: string): UserRow | undefined {
    if (this.#closed) throw problem('The user store is closed.');
    try {
      return this.#database.prepare('SELECT * FROM users WHERE name = ?').get(name) as UserRow | undefined;
    } catch (error) {
      throw problem('The user database could not be read.', error);
    }
  }

  async authenticate(name: string, password: Secret, context: LoginContext): Promise<UserAccount | undefined> {
    const row = this.#row(name);
    if (row !== undefined && this.#recent.has(name, password, row.password_hash)) return this.#admit(row, context);
    this.#decoy ??= hashPassword(new Secret(randomUUID()));
    const matches = await verifyPassword(password, row?.password_hash ?? (await this.#decoy));
    if (row === undefined || !matches) return undefined;
    this.#recent.add(name, password, row.password_hash);
    return this.#admit(row, context);
  }

  async findAccount(name: string, context: LoginContext): Promise<UserAccount | undefined> {
    const row = this.#row(name);
    return row === undefined ? undefined : this.#admit(row, context);
  }

  /** Who it is, is proved: whether this user may log in now and from there. */
  #admit(row: UserRow, context: LoginContext): UserAccount | undefined {
    const record = recordOfRow(row);
    if (record.disabled || (record.expiresMs !== undefined && record.expiresMs <= Date.now())) return undefined;
    const networks = record.allowedNetworks;
    const family = isIPv6(context.remoteAddress) ? 'ipv6' : 'ipv4';
    if (networks.length > 0 && !blockListOf(networks).check(context.remoteAddress, family)) return undefined;
    return accountOf(record);
  }

  list(): readonly UserRecord[] {
    return (this.#database.prepare('SELECT * FROM users ORDER BY name').all() as unknown as UserRow[]).map(recordOfRow);
  }

  get(name: string): UserRecord | undefined {
    const row = this.#row(name);
    return row === undefined ? undefined : recordOfRow(row);
  }

  #existing(name: string): UserRow {
    const row = this.#row(name);
    if (row === undefined) throw new ConfigError('ERR_TWINLINE_CONFIG', `There is no user "${name}".`);
    return row;
  }

  async add(record: UserRecord, password: Secret): Promise<void> {
    checkRecord(record);
    const hash = await hashed(password);
    if (this.#row(record.name) !== undefined) {
      throw new ConfigError('ERR_TWINLINE_CONFIG', `There is a user "${record.name}" already.`);
    }
    const now = Date.now();
    this.#database
      .prepare('INSERT INTO users (name, password_hash, created_ms, password_changed_ms) VALUES (?, ?, ?, ?)')
      .run(record.name, hash, now, now);
    this.update(record);
  }

  update(record: UserRecord): void {
    checkRecord(record);
    this.#existing(record.name);
    this.#database
      .prepare(
        `UPDATE users SET home = ?, read_only = ?, admin = ?, disabled = ?, expires_ms = ?, allowed_networks = ?,
         on_control_loss = ?, missing_close_notify = ?, settings = ? WHERE name = ?`,
      )
      .run(
        record.home,
        Number(record.readOnly),
        Number(record.admin),
        Number(record.disabled),
        record.expiresMs ?? null,
        record.allowedNetworks.join(' '),
        record.onControlLoss === undefined ? null : serialiseControlLoss(record.onControlLoss),
        record.missingCloseNotify ?? null,
        JSON.stringify(accountSettingsOf(record)),
        record.name,
      );
  }

  async setPassword(name: string, password: Secret): Promise<void> {
    this.#existing(name);
    this.#storeHash(name, await hashed(password));
  }

  setPasswordHash(name: string, hash: string): void {
    parsePasswordHash(hash);
    this.#existing(name);
    this.#storeHash(name, hash);
  }

  #storeHash(name: string, hash: string): void {
    this.#database
      .prepare('UPDATE users SET password_hash = ?, password_changed_ms = ? WHERE name = ?')
      .run(hash, Date.now(), name);
  }

  remove(name: string): void {
    this.#existing(name);
    this.#database.prepare('DELETE FROM users WHERE name = ?').run(name);
  }

  close(): Promise<void> {
    if (!this.#closed) this.#database.close();
    this.#closed = true;
    this.#recent.clear();
    return Promise.resolve();
  }
}

async function hashed(password: Secret): Promise<string> {
  if (password.reveal() === '') throw new ConfigError('ERR_TWINLINE_CONFIG', 'A password must not be empty.');
  return await hashPassword(password);
}
