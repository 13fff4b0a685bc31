/** The thread behind the audit database: each message is a batch of rows, each answer says whether it is in. */

import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

/** One row; `record` is the whole record as JSON, the other columns are there to be asked for. */
export interface AuditRow {
  readonly id: string;
  readonly time: string;
  readonly run: string;
  readonly event: string;
  readonly session: number | null;
  /** The user, of a refused login the name that was given. */
  readonly user: string | null;
  readonly remote: string | null;
  readonly verdict: string | null;
  readonly cause: string | null;
  readonly path: string | null;
  readonly target: string | null;
  readonly bytes: number | null;
  readonly duration_ms: number | null;
  readonly record: string;
}

export interface WriterAnswer {
  /** Why the batch is not in; undefined where it is. */
  readonly problem?: string;
}

const columns: readonly (keyof AuditRow)[] = [
  ...(['id', 'time', 'run', 'event', 'session', 'user', 'remote'] as const),
  ...(['verdict', 'cause', 'path', 'target', 'bytes', 'duration_ms', 'record'] as const),
];

const schema = `
  PRAGMA busy_timeout = 2000;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS audit (
    id TEXT PRIMARY KEY, time TEXT NOT NULL, run TEXT NOT NULL, event TEXT NOT NULL, session INTEGER, user TEXT,
    remote TEXT, verdict TEXT, cause TEXT, path TEXT, target TEXT, bytes INTEGER, duration_ms INTEGER,
    record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS audit_by_time ON audit (time);
  CREATE INDEX IF NOT EXISTS audit_by_event ON audit (event, time);
  CREATE INDEX IF NOT EXISTS audit_by_user ON audit (user, time);
  CREATE INDEX IF NOT EXISTS audit_by_remote ON audit (remote, time);
  CREATE INDEX IF NOT EXISTS audit_by_path ON audit (path, time);
`;

interface Opened {
  readonly database: DatabaseSync;
  readonly insert: StatementSync;
}

let opened: Opened | undefined;

function open(): Opened {
  const database = new DatabaseSync(workerData as string);
  try {
    database.exec(schema);
    const marks = columns.map(() => '?').join(', ');
    // A batch that is tried again may be in already.
    const insert = database.prepare(`INSERT OR IGNORE INTO audit (${columns.join(', ')}) VALUES (${marks})`);
    return { database, insert };
  } catch (error) {
    database.close();
    throw error;
  }
}

function write(rows: readonly AuditRow[]): WriterAnswer {
  try {
    opened ??= open();
    const { database, insert } = opened;
    database.exec('BEGIN IMMEDIATE');
    for (const row of rows) insert.run(...columns.map((column) => row[column]));
    database.exec('COMMIT');
    return {};
  } catch (error) {
    forget();
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** The next batch opens the database anew; what was not committed is rolled back. */
function forget(): void {
  try {
    opened?.database.close();
  } catch {
    // It is given up in any case.
  }
  opened = undefined;
}

parentPort?.on('message', (message: readonly AuditRow[] | 'close') => {
  if (message === 'close') {
    forget();
    parentPort?.close();
    return;
  }
  parentPort?.postMessage(write(message), []);
});
