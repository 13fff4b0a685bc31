/** Several sessions with one server for work that runs side by side: as many as are needed and as the server allows. */

import { ConnectionLostError, LocalProtocolError, ReplyError, TimeoutError, TwinlineError } from '../errors/index.ts';
import { LiveCounts } from '../net/index.ts';
import { abortError, onAbort, throwIfAborted } from './cancellation.ts';
import { type Client, openClient, type OperationOptions } from './client.ts';
import { type ConnectOptions, type ResolvedOptions, resolveOptions } from './options.ts';

/** Told when the pool goes on otherwise than asked for. */
export interface PoolNotice {
  /** `fewer`: the server lets no further session in, and `sessions` have to do. `lost`: a session was lost. */
  readonly kind: 'fewer' | 'lost';
  /** Sessions that there are now. */
  readonly sessions: number;
  /** What went wrong. For a lost session what its work failed with, undefined where nobody used it. */
  readonly error: Error | undefined;
}

export interface PoolOptions {
  /** Sessions at most. They are opened when they are needed. */
  readonly size: number;
  /** How long a session that nobody needs is kept, in milliseconds. Default one minute. */
  readonly idleMs?: number;
  readonly onNotice?: (notice: PoolNotice) => void;
}

/** Work that waits for a session. */
interface Waiter {
  readonly resolve: (client: Client) => void;
  readonly reject: (error: unknown) => void;
}

/** A session that nobody uses, and the timer that ends it. */
interface Idle {
  readonly client: Client;
  readonly timer: NodeJS.Timeout;
}

const defaultIdleMs = 60_000;

/** How long a server that has refused a further session is not asked again, in milliseconds. */
const heldBackMs = 30_000;

/** A pool of sessions. Nothing is opened before the first `use`. `signal` of the options ends attempts to connect. */
export function createPool(options: ConnectOptions, pool: PoolOptions): ClientPool {
  if (!Number.isInteger(pool.size) || pool.size < 1) {
    const message = `A pool of ${pool.size} sessions is none; give a whole number from 1 on.`;
    throw new LocalProtocolError('ERR_TWINLINE_ARGUMENT', message);
  }
  return new ClientPool(resolveOptions(options), pool, options.signal);
}

/** Sessions for work that runs side by side. `await using` ends them in order. */
export class ClientPool implements AsyncDisposable {
  /** What lives at the moment, over all sessions; all zero after `quit` or `destroy`. */
  readonly counts = new LiveCounts();
  readonly #options: ResolvedOptions;
  readonly #pool: PoolOptions;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #idle: Idle[] = [];
  readonly #busy = new Set<Client>();
  readonly #waiting: Waiter[] = [];
  readonly #ending = new Set<Promise<void>>();
  readonly #changed: (() => void)[] = [];
  #opening = 0;
  /** Sessions that the server has been found to allow, and until when that is believed. */
  #allowed = Number.POSITIVE_INFINITY;
  #allowedUntilMs = 0;
  /** Why a session was not let in, while others are still being opened. */
  #refusal: unknown;
  #hasEnded = false;

  /** For `createPool`, which is the way to get one. */
  constructor(options: ResolvedOptions, pool: PoolOptions, signal: AbortSignal | undefined) {
    this.#options = options;
    this.#pool = pool;
    this.#signal = signal === undefined ? this.#stop.signal : AbortSignal.any([this.#stop.signal, signal]);
  }

  /** Sessions that are open, used or not. */
  get sessions(): number {
    return this.#busy.size + this.#idle.length;
  }

  /** Sessions in use. */
  get busy(): number {
    return this.#busy.size;
  }

  /** Calls of `use` that wait for a session. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Runs `work` with a session of its own, in the order of the calls. The session goes back when the promise of `work`
   * settles: in the folder of the login, whatever `work` has changed to. One that was lost is replaced for the next call.
   * The signal ends the wait for a session; `work` has to look at it by itself.
   */
  async use<Result>(work: (client: Client) => Promise<Result>, { signal }: OperationOptions = {}): Promise<Result> {
    const client = await this.#take(signal);
    let failure: Error | undefined;
    try {
      throwIfAborted(signal);
      return await work(client);
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      await this.#giveBack(client, failure);
    }
  }

  #take(signal: AbortSignal | undefined): Promise<Client> {
    if (this.#hasEnded) {
      const message = 'The pool has ended; make another one.';
      return Promise.reject(new LocalProtocolError('ERR_TWINLINE_CALL_ORDER', message));
    }
    if (signal?.aborted === true) return Promise.reject(abortError(signal));
    return new Promise((resolve, reject) => {
      const leave = onAbort(signal, () => {
        const index = this.#waiting.indexOf(waiter);
        if (index === -1 || signal === undefined) return;
        this.#waiting.splice(index, 1);
        reject(abortError(signal));
        this.#tellChange();
      });
      const waiter: Waiter = {
        resolve: (client) => {
          leave();
          resolve(client);
        },
        reject: (error) => {
          leave();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      };
      this.#waiting.push(waiter);
      this.#serve();
    });
  }

  /** Gives sessions to those that wait, and opens what is missing. */
  #serve(): void {
    while (this.#waiting.length > 0) {
      const client = this.#takeIdle();
      if (client === undefined) break;
      this.#hand(client);
    }
    while (this.#mayOpen) this.#open();
  }

  /** The first one goes alone: a wrong password is tried once, and one too many is known by the one that works. */
  get #mayOpen(): boolean {
    if (this.#refusal !== undefined) return false;
    const limit = this.sessions === 0 ? 1 : this.#limit;
    return this.#opening < this.#waiting.length && this.sessions + this.#opening < limit;
  }

  get #limit(): number {
    if (performance.now() >= this.#allowedUntilMs) this.#allowed = Number.POSITIVE_INFINITY;
    return Math.min(this.#pool.size, this.#allowed);
  }

  /** The session that was used last, so that those that are too many come to their end. */
  #takeIdle(): Client | undefined {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      clearTimeout(idle.timer);
      if (idle.client.isConnected) return idle.client;
      idle.client.destroy();
      this.#tell('lost', undefined);
    }
    return undefined;
  }

  #hand(client: Client): void {
    const waiter = this.#waiting.shift();
    if (waiter === undefined) {
      this.#rest(client);
      return;
    }
    this.#busy.add(client);
    waiter.resolve(client);
  }

  #open(): void {
    this.#opening += 1;
    openClient(this.#options, this.counts, this.#signal)
      .then(
        (client) => {
          this.#opening -= 1;
          this.#hand(client);
          this.#settleRefusal();
        },
        (error: unknown) => {
          this.#opening -= 1;
          this.#couldNotOpen(error);
        },
      )
      .finally(() => this.#tellChange());
  }

  /** Where others work, one session less has to do; where none does, whoever waits longest is told why. */
  #couldNotOpen(error: unknown): void {
    if (this.sessions > 0 && isAboutThisSession(error) && !this.#signal.aborted) this.#refusal = error;
    else this.#waiting.shift()?.reject(error);
    this.#settleRefusal();
  }

  /** How many sessions the server allows is known when all that were tried together have been let in or refused. */
  #settleRefusal(): void {
    if (this.#refusal !== undefined && this.#opening === 0) {
      this.#allowed = this.sessions;
      this.#allowedUntilMs = performance.now() + heldBackMs;
      this.#tell('fewer', this.#refusal);
      this.#refusal = undefined;
    }
    this.#serve();
  }

  async #giveBack(client: Client, failure: Error | undefined): Promise<void> {
    await this.#returnHome(client);
    this.#busy.delete(client);
    if (client.isConnected) this.#hand(client);
    else {
      client.destroy();
      if (!this.#signal.aborted) this.#tell('lost', failure);
      this.#serve();
    }
    this.#tellChange();
  }

  /** Whoever comes next expects the folder of the login. A session that cannot get there is no good any more. */
  async #returnHome(client: Client): Promise<void> {
    if (!client.isConnected || client.directory === undefined) return;
    // It has been brought back before, and nobody has gone away since.
    if (client.directory === client.loginDirectory) return;
    if (client.loginDirectory === undefined) {
      client.destroy();
      return;
    }
    await client.changeDirectory(client.loginDirectory).catch(() => client.destroy());
  }

  /** Keeps a session for later, for a while. */
  #rest(client: Client): void {
    const timer = setTimeout(() => this.#endIdle(client), this.#pool.idleMs ?? defaultIdleMs);
    timer.unref();
    this.#idle.push({ client, timer });
  }

  #endIdle(client: Client): void {
    const index = this.#idle.findIndex((idle) => idle.client === client);
    if (index === -1) return;
    this.#idle.splice(index, 1);
    this.#endInOrder(client);
  }

  #endInOrder(client: Client): void {
    const ending = client.quit().catch(() => client.destroy());
    this.#ending.add(ending);
    void ending.finally(() => {
      this.#ending.delete(ending);
      this.#tellChange();
    });
  }

  #tell(kind: PoolNotice['kind'], error: unknown): void {
    const why = error instanceof Error ? error : undefined;
    this.#pool.onNotice?.({ kind, sessions: this.sessions, error: why });
  }

  #tellChange(): void {
    for (const look of this.#changed.splice(0)) look();
  }

  /**
   * Ends all sessions in order, behind everything that runs or waits; new work is refused. When the signal fires, all of
   * it ends at once, and the call rejects.
   */
  async quit({ signal }: OperationOptions = {}): Promise<void> {
    this.#hasEnded = true;
    const leave = onAbort(signal, () => this.destroy());
    try {
      for (;;) {
        for (const { client, timer } of this.#idle.splice(0)) {
          clearTimeout(timer);
          this.#endInOrder(client);
        }
        if (this.#opening + this.#busy.size + this.#waiting.length + this.#ending.size === 0) break;
        await new Promise<void>((resolve) => this.#changed.push(resolve));
      }
      await this.counts.untilNone('socket');
      throwIfAborted(signal);
    } finally {
      leave();
    }
  }

  /** Ends all sessions at once, with whatever is running; what waits for a session rejects. */
  destroy(): void {
    this.#hasEnded = true;
    const error = new TwinlineError('ERR_TWINLINE_ABORTED', 'The pool was ended while this waited for a session.');
    this.#stop.abort(error);
    for (const waiter of this.#waiting.splice(0)) waiter.reject(error);
    for (const { client, timer } of this.#idle.splice(0)) {
      clearTimeout(timer);
      client.destroy();
    }
    for (const client of this.#busy) client.destroy();
    this.#tellChange();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.quit();
  }
}

/** Errors that speak of one session too many; a certificate that is not trusted, say, speaks of the server. */
function isAboutThisSession(error: unknown): boolean {
  if (error instanceof ReplyError || error instanceof ConnectionLostError || error instanceof TimeoutError) return true;
  return error instanceof TwinlineError && error.code === 'ERR_TWINLINE_CONNECT';
}
