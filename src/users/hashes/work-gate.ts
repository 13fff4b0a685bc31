/** Lets a bounded number of costly works run at once and a bounded number wait. */

import { UserStoreError } from '../../errors/index.ts';

export interface WorkGateOptions {
  readonly atOnce: number;
  readonly maxWaiting: number;
}

function problem(message: string): UserStoreError {
  return new UserStoreError('ERR_TWINLINE_USER_STORE', message);
}

export class WorkGate {
  readonly #options: WorkGateOptions;
  /** In order of arrival; each is told that it is its turn. */
  readonly #waiting = new Set<() => void>();
  #running = 0;

  constructor(options: WorkGateOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Runs `work` when it is its turn. Rejects with `UserStoreError` when too many wait, or `signal` ends the wait. */
  async run<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    if (signal?.aborted) throw problem('The login was given up.');
    if (this.#running >= this.#options.atOnce) await this.#turn(signal);
    else this.#running += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.values().next().value;
      // The place is handed over, so that nobody who comes now can take it first.
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    if (this.#waiting.size >= this.#options.maxWaiting) {
      return Promise.reject(problem(`Too many logins wait to be checked (${this.#options.maxWaiting}).`));
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(start);
        reject(problem('The login was given up.'));
      };
      const start = (): void => {
        this.#waiting.delete(start);
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      this.#waiting.add(start);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }
}
