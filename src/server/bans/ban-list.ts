/** The bans of a server: in memory for each connection to be held against, and in a file that others may change meanwhile. */

import { existsSync } from 'node:fs';
import { NetworkTable } from '../limits/network-table.ts';
import { parseNetwork } from '../limits/networks.ts';
import { type Ban, isInForce } from './ban.ts';
import { BanDatabase } from './ban-database.ts';

/** Bans that a server makes by itself; the oldest goes first. */
const maxServerBans = 100_000;

export interface BanListOptions {
  /** Made with the first ban; undefined: bans end with the process. */
  readonly file?: string;
  /** Hears of a file that cannot be read or written any more; what is in memory stays in force. */
  readonly onProblem?: (error: unknown) => void;
}

/**
 * A list of bans. `refresh` takes over what another program has written; without changes it costs two system calls, so
 * that the server asks before each connection.
 */
export class BanList {
  readonly #file: string | undefined;
  readonly #table = new NetworkTable<Ban>();
  /** By network, in the order of making. */
  readonly #bans = new Map<string, Ban>();
  #database: BanDatabase | undefined;
  #onProblem: (error: unknown) => void;

  /** Reads the file, if there is one. Throws `ConfigError` when it cannot be used. */
  constructor({ file, onProblem = () => undefined }: BanListOptions = {}) {
    this.#file = file;
    this.#onProblem = onProblem;
    if (file !== undefined && existsSync(file)) {
      this.#database = new BanDatabase(file);
      this.refresh();
    }
  }

  /** Takes the place of `onProblem`. */
  reportTo(onProblem: (error: unknown) => void): void {
    this.#onProblem = onProblem;
  }

  /** Takes over what others have changed; true when they have. */
  refresh(): boolean {
    try {
      if (!this.#followFile() || this.#database?.hasChanged() !== true) return false;
      this.#read(this.#database.all());
      return true;
    } catch (error) {
      this.#onProblem(error);
      return false;
    }
  }

  /** Makes sure that the open file is the one at the path; false when there is none. */
  #followFile(): boolean {
    if (this.#file === undefined) return false;
    if (this.#database?.isInPlace() === false) {
      this.#database.close();
      this.#database = undefined;
    }
    if (this.#database === undefined && existsSync(this.#file)) this.#database = new BanDatabase(this.#file);
    return this.#database !== undefined;
  }

  #read(bans: readonly Ban[]): void {
    this.#table.clear();
    this.#bans.clear();
    const nowMs = Date.now();
    for (const ban of bans) if (isInForce(ban, nowMs)) this.#hold(ban);
  }

  #hold(ban: Ban): void {
    this.#bans.delete(ban.network);
    this.#bans.set(ban.network, ban);
    this.#table.set(parseNetwork(ban.network), ban);
  }

  /** The ban in force that an address falls under. */
  find(address: string): Ban | undefined {
    const nowMs = Date.now();
    return this.#table.find(address, (ban) => isInForce(ban, nowMs));
  }

  /** All bans in force, oldest first. */
  list(): readonly Ban[] {
    const nowMs = Date.now();
    return [...this.#bans.values()].filter((ban) => isInForce(ban, nowMs));
  }

  /** Bans a network from now on; an earlier ban of the same network is replaced. Throws `ConfigError` for no network. */
  add(network: string, ban: Pick<Ban, 'untilMs' | 'reason' | 'by'>): Ban {
    const made: Ban = { network: parseNetwork(network).text, sinceMs: Date.now(), ...ban };
    this.#hold(made);
    this.#write((database) => {
      database.put(made);
      this.#dropOldest(database);
    });
    return made;
  }

  /** Keeps what the server makes by itself within bounds; what an operator has banned stays. */
  #dropOldest(database: BanDatabase | undefined): void {
    if (this.#bans.size <= maxServerBans) return;
    for (const ban of this.#bans.values()) {
      if (ban.by !== 'server') continue;
      this.#forget(ban.network);
      database?.remove(ban.network);
      return;
    }
  }

  /** Takes a ban back; false when there is none of exactly this network. Throws `ConfigError` for no network. */
  remove(network: string): boolean {
    const { text } = parseNetwork(network);
    const known = this.#forget(text);
    if (known) this.#write((database) => database.remove(text));
    return known;
  }

  #forget(network: string): boolean {
    this.#table.delete(parseNetwork(network));
    return this.#bans.delete(network);
  }

  /** Drops bans that have run out. */
  sweep(): void {
    const nowMs = Date.now();
    const over = [...this.#bans.values()].filter((ban) => !isInForce(ban, nowMs));
    for (const { network } of over) this.#forget(network);
    if (over.length > 0) this.#write((database) => database.removeExpired(nowMs));
  }

  #write(change: (database: BanDatabase) => void): void {
    if (this.#file === undefined) {
      this.#dropOldest(undefined);
      return;
    }
    try {
      this.#followFile();
      this.#database ??= new BanDatabase(this.#file);
      change(this.#database);
    } catch (error) {
      this.#onProblem(error);
    }
  }

  close(): void {
    this.#database?.close();
    this.#database = undefined;
  }
}
