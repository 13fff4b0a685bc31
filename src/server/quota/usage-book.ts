/** The ledgers of all folders with a quota, shared by all sessions: whoever changes something, it counts. */

import { type Ledger, UsageLedger } from './usage-ledger.ts';

/** The ledgers that sessions count in. */
export interface LedgerBook {
  ledger(folder: string): Ledger;
  /** Those in which changes under a path of the main storage count; mostly none. */
  ledgersOf(path: string): readonly Ledger[];
  /** Runs pieces of work on one path one after the other, each inside all of the ledgers. */
  inTurn<T>(path: string, ledgers: readonly Ledger[], work: () => Promise<T>): Promise<T>;
}

export class UsageBook implements LedgerBook {
  readonly #ledgers = new Map<string, UsageLedger>();
  /** The end of the last piece of work on each path that is being uploaded to. */
  readonly #tails = new Map<string, Promise<unknown>>();

  ledger(folder: string): UsageLedger {
    const known = this.#ledgers.get(folder);
    if (known !== undefined) return known;
    const ledger = new UsageLedger(folder);
    this.#ledgers.set(folder, ledger);
    return ledger;
  }

  /** The folders of all ledgers. */
  get folders(): readonly string[] {
    return [...this.#ledgers.keys()];
  }

  ledgersOf(path: string): readonly UsageLedger[] {
    if (this.#ledgers.size === 0) return [];
    return [...this.#ledgers.values()].filter((ledger) => ledger.covers(path));
  }

  /** Old interrupted uploads have been swept: what is not in use is measured anew. */
  forgetMeasurements(): void {
    for (const ledger of this.#ledgers.values()) ledger.forget();
  }

  async inTurn<T>(path: string, ledgers: readonly Ledger[], work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(path) ?? Promise.resolve();
    const own = before.then(() => runInside(ledgers, work));
    const tail = own.catch(() => undefined);
    this.#tails.set(path, tail);
    try {
      return await own;
    } finally {
      if (this.#tails.get(path) === tail) this.#tails.delete(path);
    }
  }
}

/** Runs a change that counts in all of the ledgers. */
export function runInside<T>([first, ...rest]: readonly Ledger[], work: () => Promise<T>): Promise<T> {
  return first === undefined ? work() : first.run(() => runInside(rest, work));
}
