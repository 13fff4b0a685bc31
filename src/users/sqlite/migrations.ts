/** The schema of the user database, step by step; `user_version` counts the steps that a file has seen. */

import type { DatabaseSync } from 'node:sqlite';
import { UserStoreError } from '../../errors/index.ts';
import { inTransaction } from './user-rows.ts';

/** Each step runs once, in order, in a transaction of its own. Steps are only ever added. */
const steps: readonly string[] = [
  `CREATE TABLE users (
     name TEXT PRIMARY KEY,
     password_hash TEXT NOT NULL,
     home TEXT NOT NULL DEFAULT '/',
     read_only INTEGER NOT NULL DEFAULT 0,
     admin INTEGER NOT NULL DEFAULT 0,
     disabled INTEGER NOT NULL DEFAULT 0,
     expires_ms INTEGER,
     allowed_networks TEXT NOT NULL DEFAULT '',
     on_control_loss TEXT,
     missing_close_notify TEXT,
     created_ms INTEGER NOT NULL,
     password_changed_ms INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID`,
  // Rights, mounts and limits: AccountSettings as JSON.
  `ALTER TABLE users ADD COLUMN settings TEXT NOT NULL DEFAULT '{}'`,
  // Keys that must outlive the process: "decoys" chooses what is checked for a name that nobody has.
  `CREATE TABLE keys (name TEXT PRIMARY KEY, key BLOB NOT NULL) STRICT;
   INSERT INTO keys VALUES ('decoys', randomblob(32))`,
];

/** Brings the database up to this version. Throws `UserStoreError` when a newer Twinline has written it. */
export function migrate(database: DatabaseSync): void {
  if (versionOf(database) === steps.length) return;
  // The version is read again when nobody else can write: two processes may open a new file at once.
  while (inTransaction(database, () => nextStep(database)));
}

/** False when there is nothing left to do. */
function nextStep(database: DatabaseSync): boolean {
  const version = versionOf(database);
  if (version > steps.length) {
    throw new UserStoreError(
      'ERR_TWINLINE_USER_STORE',
      `The user database has schema ${version}; this Twinline knows ${steps.length}: use the newer Twinline.`,
    );
  }
  const step = steps[version];
  if (step === undefined) return false;
  database.exec(`${step}; PRAGMA user_version = ${version + 1}`);
  return true;
}

function versionOf(database: DatabaseSync): number {
  return (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
}
