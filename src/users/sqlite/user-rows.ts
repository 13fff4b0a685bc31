/** Writing users: what is checked of them before, and the statements. */

import type { DatabaseSync } from 'node:sqlite';
import { ConfigError } from '../../errors/index.ts';
import { isVirtualPath } from '../account/rights.ts';
import { accountSettingsOf } from '../account-settings.ts';
import { serialiseControlLoss } from '../control-loss-policy.ts';
import { blockListOf } from './allowed-networks.ts';
import type { UserRecord, UserRow } from './user-record.ts';

/** As long as a name of a file, which a home often is. */
const maxUserNameBytes = 255;

/** How long a command waits for another process that writes, in milliseconds. */
export const busyTimeoutMs = 5_000;

export function configProblem(message: string): ConfigError {
  return new ConfigError('ERR_TWINLINE_CONFIG', message);
}

function checkName(name: string): void {
  if (name === '' || /\p{Cc}/u.test(name) || !name.isWellFormed()) {
    throw configProblem('A user needs a name without control characters.');
  }
  if (name.trim() !== name) throw configProblem(`The name "${name}" must not begin or end with a space.`);
  if (Buffer.byteLength(name) > maxUserNameBytes) {
    throw configProblem(`A name of a user may have ${maxUserNameBytes} bytes; this one has more.`);
  }
}

/** Throws `ConfigError` with the first thing that is wrong. */
export function checkRecord(record: UserRecord): void {
  checkName(record.name);
  if (!isVirtualPath(record.home)) {
    throw configProblem(`The home "${record.home}" must be an absolute path without "." and "..".`);
  }
  blockListOf(record.allowedNetworks);
}

/** Compiled once for all logins: to compile the statement takes twice as long as to run it. */
export function prepareFind(database: DatabaseSync): (name: string) => UserRow | undefined {
  const statement = database.prepare('SELECT * FROM users WHERE name = ?');
  return (name) => statement.get(name) as UserRow | undefined;
}

export function findRow(database: DatabaseSync, name: string): UserRow | undefined {
  return prepareFind(database)(name);
}

/** Everything of the record but the name, which stays. */
export function updateRow(database: DatabaseSync, record: UserRecord): void {
  database
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

export function insertRow(database: DatabaseSync, record: UserRecord, hash: string): void {
  const now = Date.now();
  database
    .prepare('INSERT INTO users (name, password_hash, created_ms, password_changed_ms) VALUES (?, ?, ?, ?)')
    .run(record.name, hash, now, now);
  updateRow(database, record);
}

/** A new password. */
export function storeHash(database: DatabaseSync, name: string, hash: string): void {
  database
    .prepare('UPDATE users SET password_hash = ?, password_changed_ms = ? WHERE name = ?')
    .run(hash, Date.now(), name);
}

/**
 * The same password under a better hash; false when somebody has changed it in between. Throws at once where another
 * process writes (an import of many users takes seconds): the wait for it would hold every session.
 */
export function replaceHash(database: DatabaseSync, name: string, checked: string, better: string): boolean {
  database.exec('PRAGMA busy_timeout = 0');
  try {
    const { changes } = database
      .prepare('UPDATE users SET password_hash = ? WHERE name = ? AND password_hash = ?')
      .run(better, name, checked);
    return Number(changes) === 1;
  } finally {
    database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  }
}

/** Runs `work` as a whole or not at all. */
export function inTransaction<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
