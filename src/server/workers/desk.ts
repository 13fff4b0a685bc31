/** What one worker asks of the state that all of them share, and what it has taken of it: all comes back when it goes. */

import { measureFolder } from '../rights/account-storage.ts';
import { runInside, type UsageBook } from '../quota/usage-book.ts';
import type { SessionSurroundings } from '../session-surroundings.ts';
import type { SessionShare } from '../shares/user-shares.ts';
import type { PrimaryCalls, ShareRates } from './calls.ts';

export interface DeskOptions {
  readonly book: UsageBook;
  /** As they are now. Nothing is asked before the first session. */
  surroundings(): SessionSurroundings;
  /** A user has come in, whose rates may be others than before. */
  entered(userName: string): void;
  /** Resolves when every worker counts in the ledgers that there are. */
  announceLedgers(): Promise<void>;
  /** The rates of a share are others than they were. */
  ratesChanged(share: number, rates: ShareRates): void;
}

interface Place {
  readonly userName: string;
  readonly share: SessionShare;
  rates: ShareRates;
}

/** What sessions report is not here. */
type DeskCalls = Omit<PrimaryCalls, 'events' | 'standing' | 'ended' | 'counts'>;

export class Desk {
  readonly #options: DeskOptions;
  readonly #places = new Map<number, Place>();
  /** Sessions whose place is being asked for: one that leaves meanwhile is here no more. */
  readonly #entering = new Set<number>();
  /** Names that are reserved in a folder. */
  readonly #reserved = new Map<string, number>();
  readonly #touched = new Set<string>();
  readonly #held: string[] = [];
  /** Work under way inside ledgers, and what ends it. */
  readonly #works = new Map<number, () => void>();
  #isClosed = false;

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  readonly calls: DeskCalls = {
    pauseBefore: async ({ address, name }) => this.#options.surroundings().loginDelays.before(address, name),
    pauseAfterRefusal: async ({ address, name }) => this.#options.surroundings().loginDelays.refused(address, name),
    enter: (entry) => this.#enter(entry),
    leave: (share) => this.#leave(share),
    book: async ({ share, direction, bytes }) =>
      (await this.#places.get(share)?.share.pace(direction)?.book(bytes)) ?? 0,
    holdLedger: (folder) => this.#hold(folder),
    releaseLedger: (folder) => {
      const index = this.#held.indexOf(folder);
      if (index === -1) return;
      this.#held.splice(index, 1);
      this.#options.book.ledger(folder).release();
    },
    ledgerUsage: (folder) => this.#options.book.ledger(folder).usage,
    changeLedger: ({ folder, bytes, files, reserved }) => {
      const ledger = this.#options.book.ledger(folder);
      ledger.change(bytes, files);
      ledger.reserve(reserved);
      this.#noteReserved(folder, reserved);
    },
    claimLedger: ({ folder, claim }) => {
      const answer = this.#options.book.ledger(folder).claim(claim);
      if (answer === 'counted') this.#noteReserved(folder, claim.reservedFiles);
      return answer;
    },
    begin: (work) => this.#begin(work),
    finish: (id) => {
      this.#works.get(id)?.();
      this.#works.delete(id);
    },
  };

  async #enter({ share: id, user }: Parameters<PrimaryCalls['enter']>[0]): Promise<ShareRates | null> {
    this.#entering.add(id);
    const share = await this.#options.surroundings().shares.enter(user);
    const isHere = this.#entering.delete(id);
    if (share === undefined) return null;
    if (this.#isClosed || !isHere) {
      share.leave();
      return null;
    }
    const place = { userName: user.name, share, rates: ratesOf(share) };
    this.#places.set(id, place);
    this.#options.entered(user.name);
    return place.rates;
  }

  /** Both can come in one message, of a client that does not wait for replies. */
  #leave(id: number): void {
    this.#entering.delete(id);
    this.#places.get(id)?.share.leave();
    this.#places.delete(id);
  }

  /** The rates of a user are those of the latest login, wherever it came in. */
  followRates(userName: string): void {
    for (const [id, place] of this.#places) {
      const rates = ratesOf(place.share);
      if (place.userName !== userName || (rates.up === place.rates.up && rates.down === place.rates.down)) continue;
      place.rates = rates;
      this.#options.ratesChanged(id, rates);
    }
  }

  async #hold(folder: string): Promise<void> {
    const ledger = this.#options.book.ledger(folder);
    const { main } = this.#options.surroundings().storages;
    await this.#options.announceLedgers();
    await ledger.hold(() => measureFolder(main, folder), performance.now());
    if (this.#isClosed) ledger.release();
    else this.#held.push(folder);
  }

  #noteReserved(folder: string, files: number): void {
    this.#touched.add(folder);
    this.#reserved.set(folder, (this.#reserved.get(folder) ?? 0) + files);
  }

  /** Resolves when the work may begin; it is under way until the worker says that it is finished. */
  #begin({ id, path, folders }: Parameters<PrimaryCalls['begin']>[0]): Promise<void> {
    const { book } = this.#options;
    const ledgers = folders.map((folder) => book.ledger(folder));
    return new Promise((mayBegin, reject) => {
      const work = (): Promise<void> =>
        new Promise((finished) => {
          if (this.#isClosed) finished();
          else this.#works.set(id, finished);
          mayBegin();
        });
      (path === undefined ? runInside(ledgers, work) : book.inTurn(path, ledgers, work)).catch(reject);
    });
  }

  /** The worker has gone, with what it had counted of work that nobody finishes: the folders are measured anew. */
  close(): void {
    this.#isClosed = true;
    const { book } = this.#options;
    for (const finish of this.#works.values()) finish();
    this.#works.clear();
    for (const id of this.#places.keys()) this.#leave(id);
    for (const [folder, files] of this.#reserved) book.ledger(folder).reserve(-files);
    for (const folder of this.#touched) book.ledger(folder).forget();
    for (const folder of this.#held.splice(0)) book.ledger(folder).release();
  }
}

function ratesOf(share: SessionShare): ShareRates {
  const [up, down] = [share.pace('up')?.bytesPerSecond, share.pace('down')?.bytesPerSecond];
  return { ...(up === undefined ? {} : { up }), ...(down === undefined ? {} : { down }) };
}
