/** The few threads that compute digests for all sessions of this process, and the queue before them. */

import { availableParallelism } from 'node:os';
import type { HashAlgorithm } from './algorithms.ts';
import { type HashJob, HashThread } from './hash-thread.ts';

/** Digests under way at once; further ones wait for their turn. Each holds two buffers and an open file. */
const maxHashesAtOnce = 8;
/** Of these for one user: whoever opens many sessions does not make all others wait. */
const maxHashesOfUser = 2;
/** One processor is left to the event loop. */
const maxHashThreads = 4;
/** A thread without a job ends after this time. */
const idleThreadMs = 10_000;

/** A place among the digests under way; whoever has it gives it back. */
export interface HashPlace {
  begin(algorithm: HashAlgorithm): HashJob;
  giveBack(): void;
}

export interface HashPoolOptions {
  readonly atOnce?: number;
  readonly ofOneUser?: number;
  readonly threads?: number;
  readonly idleThreadMs?: number;
}

/** Threads are started when they are needed and end when they have had nothing to do for a while. */
export class HashPool {
  readonly #atOnce: number;
  readonly #ofOneUser: number;
  readonly #maxThreads: number;
  readonly #idleThreadMs: number;
  readonly #threads = new Set<HashThread>();
  readonly #queue: { readonly user: string; readonly start: () => void }[] = [];
  /** The user of each digest under way. */
  readonly #running: string[] = [];
  #idle: NodeJS.Timeout | undefined;

  constructor(options: HashPoolOptions = {}) {
    this.#atOnce = options.atOnce ?? maxHashesAtOnce;
    this.#ofOneUser = options.ofOneUser ?? maxHashesOfUser;
    this.#maxThreads = options.threads ?? Math.max(1, Math.min(maxHashThreads, availableParallelism() - 1));
    this.#idleThreadMs = options.idleThreadMs ?? idleThreadMs;
  }

  /** Digests under way, and those that wait. */
  get load(): { readonly running: number; readonly waiting: number; readonly threads: number } {
    return { running: this.#running.length, waiting: this.#queue.length, threads: this.#threads.size };
  }

  /**
   * Waits for a place, in the order of asking, behind others only where the user has as many as one may. `onCancel` is
   * given what takes the wait back: it resolves undefined.
   */
  take(user: string, onCancel: (cancel: () => void) => void): Promise<HashPlace | undefined> {
    return new Promise((resolve) => {
      const waiter = { user, start: () => resolve(this.#place(user)) };
      this.#queue.push(waiter);
      this.#startNext();
      onCancel(() => {
        const index = this.#queue.indexOf(waiter);
        if (index === -1) return;
        this.#queue.splice(index, 1);
        resolve(undefined);
      });
    });
  }

  #startNext(): void {
    while (this.#running.length < this.#atOnce) {
      const index = this.#queue.findIndex(({ user }) => this.#runningOf(user) < this.#ofOneUser);
      const [waiter] = index === -1 ? [] : this.#queue.splice(index, 1);
      if (waiter === undefined) return;
      this.#running.push(waiter.user);
      waiter.start();
    }
  }

  #runningOf(user: string): number {
    return this.#running.filter((one) => one === user).length;
  }

  #place(user: string): HashPlace {
    let given = false;
    return {
      begin: (algorithm) => this.#thread().begin(algorithm),
      giveBack: () => {
        if (given) return;
        given = true;
        this.#running.splice(this.#running.indexOf(user), 1);
        this.#startNext();
        if (this.#running.length === 0) this.#endWhenIdle();
      },
    };
  }

  /** The thread with the fewest jobs, or a new one. */
  #thread(): HashThread {
    clearTimeout(this.#idle);
    const [least] = [...this.#threads].sort((one, other) => one.jobs - other.jobs);
    if (least !== undefined && (least.jobs === 0 || this.#threads.size >= this.#maxThreads)) return least;
    const thread = new HashThread((gone) => this.#threads.delete(gone));
    this.#threads.add(thread);
    return thread;
  }

  #endWhenIdle(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      for (const thread of this.#threads) thread.end();
      this.#threads.clear();
    }, this.#idleThreadMs);
    this.#idle.unref();
  }
}

/** The pool of this process. */
export const hashPool = new HashPool();
