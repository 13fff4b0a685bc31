/** What goes to the thread that looks at entries of folders, and what comes back. */

/** A group of names in one folder. */
export interface LookOrder {
  readonly id: number;
  /** What stands before each name to reach it. */
  readonly prefix: string;
  /** Bytes where the name is no UTF-8. */
  readonly names: readonly (string | Uint8Array)[];
  /** Names for which this does not suffice are left to the caller. */
  readonly budgetMs: number;
}

/** The facts of the first `count` names of an order. */
export interface LookAnswer {
  readonly id: number;
  readonly count: number;
  /** `factsPerName` numbers for each: dev, ino, mode, size, mtimeMs. Mode 0: a link, or could not be looked at. */
  readonly facts: Float64Array<ArrayBuffer>;
}

export const factsPerName = 5;

/** The first message of the thread: it has come up. */
export const cameUp = 'up';
