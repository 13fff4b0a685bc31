/** A thread for large listings as its storage sees it: groups of names go in, and facts come out or a word that they do not. */

import { Worker } from 'node:worker_threads';

import { encodePathText, isCleanText } from '../../protocol/index.ts';
import type { EntryStats } from './entry-facts.ts';
import { cameUp, factsPerName, type LookAnswer, type LookOrder } from './look-message.ts';

/** A group may take so long before the rest of it is left to the pool: several times what 512 names take from memory. */
const groupBudgetMs = 20;
/** One call that takes longer is stuck at a disk: all who wait are sent to the pool, until the thread is back. */
const stuckMs = 250;
/** A thread without work ends after this time; it holds some megabytes. */
const idleThreadMs = 30_000;
/** Of JavaScript in the thread; a group of names with its facts takes a tenth of a megabyte. */
const maxOldGenerationSizeMb = 16;
const maxYoungGenerationSizeMb = 2;

export interface LookThreadOptions {
  readonly worker?: URL;
  readonly groupBudgetMs?: number;
  readonly stuckMs?: number;
  readonly idleThreadMs?: number;
  /** Called once, when it will not come up any more. */
  readonly onLost?: (reason: string) => void;
}

/** What a group has come to: facts for names from its first on, undefined for a link and what could not be looked at. */
export type LookedAt = readonly (EntryStats | undefined)[];

/**
 * One thread that starts when it is asked for, ends when it was idle, and looks at groups in the order of asking. Where it
 * cannot start, or dies, it says so once and is never there.
 */
export class LookThread {
  readonly #file: URL;
  readonly #groupBudgetMs: number;
  readonly #stuckMs: number;
  readonly #idleThreadMs: number;
  readonly #onLost: ((reason: string) => void) | undefined;
  #worker: Worker | undefined;
  #state: 'none' | 'starting' | 'up' | 'stuck' | 'lost' = 'none';
  readonly #waiting = new Map<number, (answer: LookAnswer | undefined) => void>();
  #lastId = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LookThreadOptions = {}) {
    this.#file = options.worker ?? ownWorker();
    this.#groupBudgetMs = options.groupBudgetMs ?? groupBudgetMs;
    this.#stuckMs = options.stuckMs ?? stuckMs;
    this.#idleThreadMs = options.idleThreadMs ?? idleThreadMs;
    this.#onLost = options.onLost;
  }

  /** True when it is not there, and may come. */
  get isAway(): boolean {
    return this.#state === 'none';
  }

  get isStarting(): boolean {
    return this.#state === 'starting';
  }

  /** True when it can be asked. */
  get isUp(): boolean {
    return this.#state === 'up';
  }

  /** Groups that have been asked about and not answered. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** It comes up meanwhile, if it is not there and can. */
  start(): void {
    if (this.#state !== 'none') return;
    this.#state = 'starting';
    try {
      // What this process was started with (a test runner, a debugger) is not for the thread.
      const resourceLimits = { maxOldGenerationSizeMb, maxYoungGenerationSizeMb };
      const worker = new Worker(this.#file, { name: 'listings', execArgv: [], resourceLimits });
      this.#worker = worker;
      worker.unref();
      worker.on('message', (message: LookAnswer | typeof cameUp) => {
        if (this.#worker === worker) this.#onMessage(worker, message);
      });
      worker.on('error', (error: Error) => this.#lose(worker, error.message));
      worker.on('exit', () => this.#lose(worker, 'it has ended'));
    } catch (error) {
      this.#lose(undefined, error instanceof Error ? error.message : String(error));
    }
  }

  /**
   * Facts of the first of these names, path text, that stand behind `prefix`: of fewer than all where they take long, of none
   * where the thread is stuck or gone.
   */
  async lookAt(prefix: string, names: readonly string[]): Promise<LookedAt> {
    const answer = await this.#ask(prefix, names);
    if (answer === undefined) return [];
    const { facts, count } = answer;
    const all: (EntryStats | undefined)[] = [];
    for (let index = 0; index < count; index += 1) all.push(statsAt(facts, index * factsPerName));
    return all;
  }

  /** Ends the thread. Who waits is answered, and it can be asked again. */
  async end(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    const isStuck = this.#state === 'stuck';
    this.#forget('none');
    const ended = worker.terminate();
    // Nobody's end waits for a disk that does not answer.
    if (!isStuck) await ended;
  }

  #ask(prefix: string, names: readonly string[]): Promise<LookAnswer | undefined> {
    return new Promise((resolve) => {
      if (this.#worker === undefined || this.#state !== 'up') {
        resolve(undefined);
        return;
      }
      const id = ++this.#lastId;
      const asBytes = names.map((name) => (isCleanText(name) ? name : encodePathText(name)));
      const order: LookOrder = { id, prefix, names: asBytes, budgetMs: this.#groupBudgetMs };
      this.#waiting.set(id, resolve);
      if (this.#waiting.size === 1) this.#beginWatch(this.#worker);
      this.#worker.postMessage(order, []);
    });
  }

  #onMessage(worker: Worker, message: LookAnswer | typeof cameUp): void {
    if (message === cameUp) {
      this.#state = 'up';
      this.#endWatch(worker);
      return;
    }
    const resolve = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (this.#state === 'stuck' && message.id === this.#lastId) this.#state = 'up';
    if (this.#waiting.size > 0) this.#timer?.refresh();
    else if (this.#state === 'up') this.#endWatch(worker);
    resolve?.(message);
  }

  /** Something is under way: the process lives for it, and it must not take forever. */
  #beginWatch(worker: Worker): void {
    worker.ref();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#onStuck(worker), this.#stuckMs);
  }

  #endWatch(worker: Worker): void {
    // Coming up makes a thread keep the process, too.
    worker.unref();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.end(), this.#idleThreadMs).unref();
  }

  #onStuck(worker: Worker): void {
    this.#state = 'stuck';
    worker.unref();
    this.#releaseAll();
  }

  #lose(worker: Worker | undefined, reason: string): void {
    if (this.#worker !== worker) return;
    this.#forget('lost');
    this.#onLost?.(reason);
  }

  #forget(state: 'none' | 'lost'): void {
    this.#state = state;
    this.#worker = undefined;
    clearTimeout(this.#timer);
    this.#releaseAll();
  }

  #releaseAll(): void {
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const resolve of all) resolve(undefined);
  }
}

function ownWorker(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './look-worker.ts' : './look-worker.js', import.meta.url);
}

function statsAt(facts: Float64Array, at: number): EntryStats | undefined {
  const mode = facts[at + 2] ?? 0;
  if (mode === 0) return undefined;
  return { dev: facts[at] ?? 0, ino: facts[at + 1] ?? 0, mode, size: facts[at + 3] ?? 0, mtimeMs: facts[at + 4] ?? 0 };
}
