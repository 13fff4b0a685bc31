/** The schema of the user database, step by step; `user_version` counts the steps that a file has seen. */

import type { DatabaseSync } from 'node:sqlite';
import { UserStoreError } from '../../errors/index.ts';

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
];

/** Brings the database up to this version. Throws `UserStoreError` when a newer Twinline has written it. */
export function migrate(database: DatabaseSync): void {
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version > steps.length) {
    throw new UserStoreError(
      'ERR_TWINLINE_USER_STORE',
      `The user database has schema ${version}; this Twinline knows ${steps.length}: use the newer Twinline.`,
    );
  }
  for (let step = version; step < steps.length; step += 1) {
    database.exec(`BEGIN IMMEDIATE; ${steps[step]}; PRAGMA user_version = ${step + 1}; COMMIT`);
  }
}
