/** The ledgers of folders with a quota as a worker reaches them: the process with the listeners counts for all. */

import type { StorageUsage } from '../../storage/index.ts';
import type { LedgerBook } from '../quota/usage-book.ts';
import type { ClaimAnswer, Ledger, LedgerClaim } from '../quota/usage-ledger.ts';
import type { PrimaryCalls } from './calls.ts';
import type { Line } from './line.ts';

export class RemoteBook implements LedgerBook {
  readonly #line: Line<PrimaryCalls>;
  readonly #ledgers = new Map<string, RemoteLedger>();
  /** Folders in which changes count. */
  #folders: readonly string[] = [];
  #nextWork = 1;

  constructor(line: Line<PrimaryCalls>) {
    this.#line = line;
  }

  /** From now on changes count in these. */
  follow(folders: readonly string[]): void {
    this.#folders = folders;
  }

  ledger(folder: string): RemoteLedger {
    const known = this.#ledgers.get(folder);
    if (known !== undefined) return known;
    const ledger = new RemoteLedger(folder, this.#line, (work) => this.#inside({ folders: [folder] }, work));
    this.#ledgers.set(folder, ledger);
    return ledger;
  }

  ledgersOf(path: string): readonly Ledger[] {
    if (this.#folders.length === 0) return [];
    return this.#folders.map((folder) => this.ledger(folder)).filter((ledger) => ledger.covers(path));
  }

  inTurn<T>(path: string, ledgers: readonly Ledger[], work: () => Promise<T>): Promise<T> {
    return this.#inside({ path, folders: ledgers.map(({ folder }) => folder) }, work);
  }

  async #inside<T>(place: { path?: string; folders: readonly string[] }, work: () => Promise<T>): Promise<T> {
    const id = this.#nextWork++;
    await this.#line.ask('begin', { id, ...place });
    try {
      return await work();
    } finally {
      this.#line.tell('finish', id);
    }
  }
}

class RemoteLedger implements Ledger {
  readonly folder: string;
  readonly #line: Line<PrimaryCalls>;
  readonly #inside: <T>(work: () => Promise<T>) => Promise<T>;

  constructor(folder: string, line: Line<PrimaryCalls>, inside: <T>(work: () => Promise<T>) => Promise<T>) {
    this.folder = folder;
    this.#line = line;
    this.#inside = inside;
  }

  get usage(): Promise<StorageUsage> {
    return this.#line.ask('ledgerUsage', this.folder);
  }

  covers(path: string): boolean {
    return this.folder === '/' || path === this.folder || path.startsWith(`${this.folder}/`);
  }

  /** Waits for the answer, so that whoever is told of the change finds it counted everywhere. */
  async change(bytes: number, files: number): Promise<void> {
    if (bytes === 0 && files === 0) return;
    await this.#line.ask('changeLedger', { folder: this.folder, bytes, files, reserved: 0 });
  }

  async reserve(files: number): Promise<void> {
    if (files === 0) return;
    await this.#line.ask('changeLedger', { folder: this.folder, bytes: 0, files: 0, reserved: files });
  }

  claim(claim: LedgerClaim): Promise<ClaimAnswer> {
    return this.#line.ask('claimLedger', { folder: this.folder, claim });
  }

  /** The process that counts measures by itself. */
  hold(): Promise<void> {
    return this.#line.ask('holdLedger', this.folder);
  }

  release(): void {
    this.#line.tell('releaseLedger', this.folder);
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    return this.#inside(work);
  }
}
