/** Takes many users into the database in one transaction: all of them, or none. */

import type { DatabaseSync } from 'node:sqlite';
import { TwinlineError } from '../../errors/index.ts';
import { normalisePasswordHash } from '../hashes/index.ts';
import { recordOfRow, type UserRecord } from './user-record.ts';
import { checkRecord, configProblem, findRow, insertRow, inTransaction, storeHash, updateRow } from './user-rows.ts';

/** A user from elsewhere. */
export interface ImportedUser {
  readonly name: string;
  /** In a form that `parsePasswordHash` takes; undefined leaves the password of a user who is there. */
  readonly hash: string | undefined;
  /** What the source says of the user; what it does not say stays, or is as for a new user. */
  readonly settings: Partial<Omit<UserRecord, 'name'>>;
  /** What to do when there is a user of this name. */
  readonly existing: 'refuse' | 'update' | 'skip';
  /** Where it comes from, as in `htpasswd:7`, for messages. */
  readonly source: string;
}

export interface ImportProblem {
  readonly source: string;
  /** A sentence that says what to do. */
  readonly message: string;
}

export interface ImportOutcome {
  readonly added: readonly string[];
  readonly updated: readonly string[];
  readonly skipped: readonly string[];
  /** When there is one, nothing was taken. */
  readonly problems: readonly ImportProblem[];
}

/** Ends the transaction without a trace. */
class Rollback extends Error {}

export function importUsers(
  database: DatabaseSync,
  users: readonly ImportedUser[],
  { dryRun }: { readonly dryRun: boolean },
): ImportOutcome {
  const outcome = { added: [] as string[], updated: [] as string[], skipped: [] as string[] };
  const problems: ImportProblem[] = [];
  try {
    inTransaction(database, () => {
      for (const user of users) {
        try {
          outcome[importOne(database, user)].push(user.name);
        } catch (error) {
          if (!(error instanceof TwinlineError)) throw error;
          problems.push({ source: user.source, message: error.message });
        }
      }
      if (dryRun || problems.length > 0) throw new Rollback();
    });
  } catch (error) {
    if (!(error instanceof Rollback)) throw error;
  }
  return { ...outcome, problems };
}

function importOne(database: DatabaseSync, user: ImportedUser): 'added' | 'updated' | 'skipped' {
  const { name, settings, existing } = user;
  const row = findRow(database, name);
  if (row !== undefined && existing === 'skip') return 'skipped';
  const fresh = { home: '/', readOnly: false, admin: false, disabled: false, allowedNetworks: [] };
  const record = { ...(row === undefined ? fresh : recordOfRow(row)), ...settings, name };
  checkRecord(record);
  const hash = user.hash === undefined ? row?.password_hash : normalisePasswordHash(user.hash);
  if (hash === undefined) throw configProblem(`A new user needs a password or a hash, and "${name}" has none.`);
  if (row === undefined) {
    insertRow(database, record, hash);
    return 'added';
  }
  if (existing === 'refuse')
    throw configProblem(
      `There is a user "${name}" already: --update changes such users, --skip leaves them as they are.`,
    );
  if (row.password_hash !== hash) storeHash(database, name, hash);
  updateRow(database, record);
  return 'updated';
}
