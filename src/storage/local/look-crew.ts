/** The threads for large listings of one storage: one, and a second where that has much to do. */

import { availableParallelism } from 'node:os';

import { type LookedAt, LookThread, type LookThreadOptions } from './look-thread.ts';

/** The event loop reads names and makes lines about as fast as two can look at entries. */
const maxLookThreads = 2;
/** Groups that wait for each thread that is there before another one comes. */
const muchWaiting = 3;

export interface LookCrewOptions extends LookThreadOptions {
  readonly threads?: number;
}

/** What holds for one thread holds for all: they come when asked for, end when idle, and a loss is told once. */
export class LookCrew {
  readonly #threads: readonly LookThread[];

  constructor(options: LookCrewOptions = {}) {
    const count = options.threads ?? Math.min(maxLookThreads, availableParallelism());
    let isLossTold = false;
    const onLost = (reason: string): void => {
      if (!isLossTold) (options.onLost ?? warn)(reason);
      isLossTold = true;
    };
    this.#threads = Array.from({ length: count }, () => new LookThread({ ...options, onLost }));
  }

  get isStarting(): boolean {
    return this.#threads.some((thread) => thread.isStarting);
  }

  /** True when one of them can be asked. */
  get isUp(): boolean {
    return this.#threads.some((thread) => thread.isUp);
  }

  /** The first comes up meanwhile, if none is there and one can. */
  start(): void {
    if (!this.isUp) this.#startOne();
  }

  /** As `LookThread.lookAt`, by the one with the least to do. */
  lookAt(prefix: string, names: readonly string[]): Promise<LookedAt> {
    const [least] = this.#threads.filter((thread) => thread.isUp).sort((one, other) => one.waiting - other.waiting);
    if (least === undefined) return Promise.resolve([]);
    if (least.waiting >= muchWaiting) this.#startOne();
    return least.lookAt(prefix, names);
  }

  async end(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }

  #startOne(): void {
    if (!this.isStarting) this.#threads.find((thread) => thread.isAway)?.start();
  }
}

function warn(reason: string): void {
  process.emitWarning(`A thread for large listings is missing, and they take longer without it: ${reason}.`);
}
