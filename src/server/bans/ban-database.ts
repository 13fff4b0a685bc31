/** Bans in a SQLite file, shared by a running server and the command that lists and changes them. */

import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ConfigError } from '../../errors/index.ts';
import type { Ban } from './ban.ts';

/** How long a write waits for another program that writes: the server does nothing else meanwhile. */
const busyTimeoutMs = 250;
const schemaVersion = 1;

interface BanRow {
  readonly network: string;
  readonly since_ms: number;
  readonly until_ms: number | null;
  readonly reason: string;
  readonly by: Ban['by'];
}

function banOf(row: BanRow): Ban {
  const { network, since_ms: sinceMs, until_ms: untilMs, reason, by } = row;
  return { network, sinceMs, untilMs: untilMs ?? undefined, reason, by };
}

/** One open file of bans. */
export class BanDatabase {
  readonly #database: DatabaseSync;
  readonly #file: string;
  readonly #inode: number;
  #seenVersion: number | undefined;

  /** Opens or creates the file. Throws `ConfigError` with one sentence when it cannot be used. */
  constructor(file: string) {
    this.#file = file;
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      this.#database = new DatabaseSync(file, { timeout: busyTimeoutMs });
    } catch (error) {
      throw unusable(file, error);
    }
    try {
      chmodSync(file, 0o600);
      this.#prepare();
      this.#inode = statSync(file).ino;
    } catch (error) {
      this.#database.close();
      throw error instanceof ConfigError ? error : unusable(file, error);
    }
  }

  #prepare(): void {
    // A ban that a loss of power takes back is no harm: no write waits for the disk.
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    const { user_version: version } = this.#database.prepare('PRAGMA user_version').get() as { user_version: number };
    if (version > schemaVersion) {
      const text = `The ban list ${this.#file} is of a newer Twinline (schema ${version}): use that one.`;
      throw new ConfigError('ERR_TWINLINE_CONFIG', text);
    }
    if (version === schemaVersion) return;
    this.#database.exec(
      `BEGIN IMMEDIATE;
       CREATE TABLE IF NOT EXISTS bans (
         network TEXT PRIMARY KEY,
         since_ms INTEGER NOT NULL,
         until_ms INTEGER,
         reason TEXT NOT NULL,
         by TEXT NOT NULL CHECK (by IN ('server', 'operator'))
       ) STRICT, WITHOUT ROWID;
       PRAGMA user_version = ${schemaVersion};
       COMMIT`,
    );
  }

  /** Whether the file at the path is still the one that is open: somebody may have removed or replaced it. */
  isInPlace(): boolean {
    try {
      return statSync(this.#file).ino === this.#inode;
    } catch {
      return false;
    }
  }

  /** True when another program has changed the file since the last call, and at the first call. */
  hasChanged(): boolean {
    const { data_version: version } = this.#database.prepare('PRAGMA data_version').get() as { data_version: number };
    const changed = version !== this.#seenVersion;
    this.#seenVersion = version;
    return changed;
  }

  /** Oldest first. */
  all(): readonly Ban[] {
    const rows = this.#database.prepare('SELECT * FROM bans ORDER BY since_ms, network').all();
    return (rows as unknown as BanRow[]).map(banOf);
  }

  put({ network, sinceMs, untilMs, reason, by }: Ban): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO bans (network, since_ms, until_ms, reason, by) VALUES (?, ?, ?, ?, ?)')
      .run(network, sinceMs, untilMs ?? null, reason, by);
  }

  remove(network: string): void {
    this.#database.prepare('DELETE FROM bans WHERE network = ?').run(network);
  }

  removeExpired(nowMs: number): void {
    this.#database.prepare('DELETE FROM bans WHERE until_ms <= ?').run(nowMs);
  }

  close(): void {
    this.#database.close();
  }
}

function unusable(file: string, error: unknown): ConfigError {
  const reason = error instanceof Error ? error.message : String(error);
  const message = `The ban list ${file} cannot be used: ${reason}${ownerProblem(file)}.`;
  return new ConfigError('ERR_TWINLINE_CONFIG', message, { cause: error });
}

/** Whoever runs `twinline ban` as root before the first start leaves a file that the server may not open. */
function ownerProblem(file: string): string {
  const user = process.getuid?.();
  const owner = statSync(file, { throwIfNoEntry: false })?.uid;
  if (user === undefined || user === 0 || owner === undefined || owner === user) return '';
  return `; it belongs to another user: chown ${user} ${file}`;
}
