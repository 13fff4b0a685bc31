/** A bounded queue between the server and somewhere slow: it takes at once, writes in batches, tries again, and counts what it loses. */

/** Thrown by a writer whose other side will never take this batch: it is dropped and counted, not tried again. */
export class RefusedBatch extends Error {}

export interface BatchQueueOptions<Item> {
  /** Writes a batch. A rejection means that it is tried again as it was, unless it is a `RefusedBatch`. */
  write(batch: readonly Item[], signal: AbortSignal): Promise<void>;
  /** Hears when writing begins to fail, once until it works again. */
  onTrouble(error: unknown): void;
  /** Hears when it works again, with the number of items lost since. */
  onRecovered(lost: number): void;
  /** Items that may wait; further ones are dropped and counted. */
  readonly maxWaiting?: number;
  readonly maxBatch?: number;
  /** How long items are gathered for a batch, in milliseconds. */
  readonly gatherMs?: number;
  /** The first wait behind a failure, in milliseconds; it doubles. */
  readonly retryMs?: number;
}

/** What a queue has done so far. */
export interface QueueCounts {
  readonly written: number;
  readonly dropped: number;
  readonly waiting: number;
}

export const maxWaitingItems = 10_000;
const maxBatchItems = 500;
const gatherMs = 50;
const firstRetryMs = 500;
const longestRetryMs = 30_000;

/** See the options. `put` never throws and never waits. */
export class BatchQueue<Item> {
  readonly #options: BatchQueueOptions<Item>;
  readonly #waiting: Item[] = [];
  readonly #abort = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #retryMs: number;
  #written = 0;
  #dropped = 0;
  #droppedBefore: number | undefined;
  #closed = false;

  constructor(options: BatchQueueOptions<Item>) {
    this.#options = options;
    this.#retryMs = options.retryMs ?? firstRetryMs;
  }

  get counts(): QueueCounts {
    return { written: this.#written, dropped: this.#dropped, waiting: this.#waiting.length };
  }

  put(item: Item): void {
    if (this.#closed || this.#waiting.length >= (this.#options.maxWaiting ?? maxWaitingItems)) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(item);
    if (this.#timer === undefined && this.#running === undefined) this.#startIn(this.#options.gatherMs ?? gatherMs);
  }

  #startIn(delayMs: number): void {
    this.#timer = setTimeout(() => this.#start(), delayMs);
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running ??= this.#writeAll().finally(() => {
      this.#running = undefined;
      if (this.#waiting.length > 0 && !this.#closed) this.#startIn(this.#retryMs);
    });
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#abort.signal.aborted) {
      const batch = this.#waiting.slice(0, this.#options.maxBatch ?? maxBatchItems);
      try {
        await this.#options.write(batch, this.#abort.signal);
      } catch (error) {
        this.#onFailure(error);
        if (!(error instanceof RefusedBatch)) return;
        this.#waiting.splice(0, batch.length);
        this.#dropped += batch.length;
        continue;
      }
      this.#waiting.splice(0, batch.length);
      this.#written += batch.length;
      this.#onSuccess();
    }
  }

  #onFailure(error: unknown): void {
    this.#retryMs = this.#droppedBefore === undefined ? this.#retryMs : Math.min(this.#retryMs * 2, longestRetryMs);
    if (this.#droppedBefore !== undefined) return;
    this.#droppedBefore = this.#dropped;
    this.#options.onTrouble(error);
  }

  #onSuccess(): void {
    if (this.#droppedBefore === undefined) return;
    const lost = this.#dropped - this.#droppedBefore;
    this.#droppedBefore = undefined;
    this.#retryMs = this.#options.retryMs ?? firstRetryMs;
    this.#options.onRecovered(lost);
  }

  /**
   * Takes nothing more, tries once to write what waits, and gives up after `timeoutMs`. What could not be written is
   * counted as dropped.
   */
  async close(timeoutMs: number): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const timer = setTimeout(() => this.#abort.abort(), timeoutMs);
    const gaveUp = new Promise<void>((resolve) => this.#abort.signal.addEventListener('abort', () => resolve()));
    await Promise.race([gaveUp, this.#lastWords()]);
    clearTimeout(timer);
    this.#abort.abort();
    this.#dropped += this.#waiting.splice(0).length;
  }

  async #lastWords(): Promise<void> {
    await this.#running;
    this.#start();
    await this.#running;
  }
}
