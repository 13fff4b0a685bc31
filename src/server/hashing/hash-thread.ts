/** One thread for digests as the rest of the server sees it: jobs that take buffers and give them back. */

import { Worker } from 'node:worker_threads';
import type { HashAlgorithm } from './algorithms.ts';
import type { HashAnswer, HashOrder } from './hash-worker.ts';

/** A digest that a thread computes. Calls are made one after the other. */
export interface HashJob {
  /** Hands the first `length` bytes over; resolves with the same memory when they have been taken. */
  update(buffer: ArrayBuffer, length: number): Promise<ArrayBuffer>;
  /** The digest in hexadecimal, small letters; ends the job. */
  digest(): Promise<string>;
  /** Gives the job up; idempotent, and without effect behind `digest`. */
  drop(): void;
}

interface Waiter {
  resolve(answer: HashAnswer): void;
  reject(error: Error): void;
}

/** The thread lives while it has jobs and a while longer; it keeps the process alive only while it has jobs. */
export class HashThread {
  readonly #onGone: (thread: HashThread) => void;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiter>();
  readonly #jobs = new Set<number>();
  #nextJob = 1;
  #lost: Error | undefined;

  constructor(onGone: (thread: HashThread) => void) {
    this.#onGone = onGone;
    const file = import.meta.url.endsWith('.ts') ? './hash-worker.ts' : './hash-worker.js';
    // What this process was started with (a test runner, a debugger) is not for the thread.
    this.#worker = new Worker(new URL(file, import.meta.url), { execArgv: [] });
    this.#worker.unref();
    // Coming up makes it keep the process again, also where its first job has been given up meanwhile.
    this.#worker.once('online', () => this.#holdWhileBusy());
    this.#worker.on('message', (answer: HashAnswer) => this.#onAnswer(answer));
    this.#worker.on('error', (error: Error) => this.#lose(error));
    this.#worker.on('exit', () => this.#lose(new Error('The thread for digests has ended.')));
  }

  get jobs(): number {
    return this.#jobs.size;
  }

  begin(algorithm: HashAlgorithm): HashJob {
    const job = this.#nextJob;
    this.#nextJob += 1;
    this.#jobs.add(job);
    this.#holdWhileBusy();
    this.#order({ kind: 'begin', job, algorithm });
    return {
      update: async (buffer, length) => {
        const answer = await this.#ask({ kind: 'bytes', job, buffer, length }, [buffer]);
        if (answer.kind !== 'taken') throw new Error('A thread for digests has answered out of turn.');
        return answer.buffer;
      },
      digest: async () => {
        const answer = await this.#ask({ kind: 'end', job });
        this.#forget(job);
        if (answer.kind !== 'digest') throw new Error('A thread for digests has answered out of turn.');
        return answer.hex;
      },
      drop: () => {
        if (this.#forget(job)) this.#order({ kind: 'drop', job });
      },
    };
  }

  end(): void {
    void this.#worker.terminate();
  }

  #forget(job: number): boolean {
    const known = this.#jobs.delete(job);
    this.#holdWhileBusy();
    return known;
  }

  #holdWhileBusy(): void {
    if (this.#jobs.size > 0) this.#worker.ref();
    else this.#worker.unref();
  }

  #order(order: HashOrder, transfer: readonly ArrayBuffer[] = []): void {
    if (this.#lost === undefined) this.#worker.postMessage(order, [...transfer]);
  }

  #ask(order: HashOrder, transfer?: readonly ArrayBuffer[]): Promise<HashAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#lost !== undefined) {
        reject(this.#lost);
        return;
      }
      this.#waiting.set(order.job, { resolve, reject });
      // A process whose only work is a digest must not end in the middle of it.
      this.#worker.ref();
      this.#order(order, transfer);
    });
  }

  #onAnswer(answer: HashAnswer): void {
    const waiter = this.#waiting.get(answer.job);
    this.#waiting.delete(answer.job);
    if (this.#waiting.size === 0) this.#worker.unref();
    waiter?.resolve(answer);
  }

  #lose(error: Error): void {
    if (this.#lost !== undefined) return;
    this.#lost = error;
    this.#onGone(this);
    for (const waiter of this.#waiting.values()) waiter.reject(error);
    this.#waiting.clear();
  }
}
