/** The server of a worker: it listens on nothing but data ports, and serves the connections that are handed to it. */

import type { Socket } from 'node:net';
import type { SharedState } from '../hosted-session.ts';
import type { ServerLimits, ServerOptions } from '../options.ts';
import { FtpsServer } from '../server.ts';
import type { LiveCount } from '../server.ts';
import type { PrimaryCalls, SentConnection, WorkerCalls } from './calls.ts';
import { EventRelay } from './event-relay.ts';
import { Line, type MessagePort } from './line.ts';
import { countsWith } from './live-counts.ts';
import { RemoteBook } from './remote-book.ts';
import { createRemotePauses, RemoteShares } from './remote-state.ts';

/** How often the process with the listeners is told what lives here, when that has changed. */
const countsEveryMs = 500;

/** Whoever is let in has been counted already, by the process that counts for all. */
const unbounded: Partial<ServerLimits> = {
  maxSessions: Infinity,
  maxSessionsPerAddress: Infinity,
  maxUnauthenticated: Infinity,
  maxUnauthenticatedPerAddress: Infinity,
  maxHandshakes: Infinity,
  banAfter: 0,
};

/** Everything but what belongs to the process with the listeners. */
export type WorkerOptions = Omit<ServerOptions, 'listeners' | 'bound' | 'bans' | 'onEvent'>;

function optionsOf(options: WorkerOptions): WorkerOptions & { readonly listeners: readonly [] } {
  return { ...options, listeners: [], limits: { ...options.limits, ...unbounded } };
}

export class WorkerServer {
  readonly #server: FtpsServer;
  readonly #line: Line<PrimaryCalls>;
  readonly #book: RemoteBook;
  readonly #shares: RemoteShares;
  #elsewhere: readonly LiveCount[] = [];
  #told = '';
  readonly #telling: NodeJS.Timeout;

  /** `configure` takes the new settings of a reload, and rejects when they cannot be. */
  constructor(options: WorkerOptions, port: MessagePort, configure: (settings: unknown) => Promise<void>) {
    const relay = new EventRelay({
      send: (events, sent) => this.#line.tellSoon('events', events, sent),
      flushSoon: () => this.#line.flushSoon(),
      flush: () => this.#line.flush(),
    });
    this.#line = new Line<PrimaryCalls>(port, this.#calls(configure), () => relay.handOver());
    this.#book = new RemoteBook(this.#line);
    this.#shares = new RemoteShares(this.#line, options.rates ?? {});
    this.#server = new FtpsServer({ ...optionsOf(options), onEvent: relay.take }, { shared: this.#shared() });
    this.#telling = setInterval(() => this.#tellCounts(), countsEveryMs).unref();
  }

  #shared(): SharedState {
    return {
      loginDelays: createRemotePauses(this.#line),
      shares: this.#shares,
      book: this.#book,
      standingChanged: (session, standing) => this.#line.tellSoon('standing', { session, standing }),
      ended: (session) => this.#line.tellSoon('ended', session),
      countsWith: (own) => countsWith(own, this.#elsewhere),
    };
  }

  #calls(configure: (settings: unknown) => Promise<void>): WorkerCalls {
    return {
      connection: (connection, socket) => this.#adopt(connection, socket),
      evict: ({ session, cause }) => this.#server.hosted(session)?.evict(cause),
      end: ({ session, cause, detail, reply }) => this.#server.hosted(session)?.end(cause, detail, reply),
      endAfterTransfer: ({ session }) => this.#server.hosted(session)?.endAfterTransfer(),
      sessions: () => this.#server.liveSessions(),
      answer: () => undefined,
      counts: () => this.#server.countsByOwner(),
      tls: (settings) => this.#server.replaceTlsSettings(settings),
      configure,
      close: () => this.close(),
      countsElsewhere: (counts) => {
        this.#elsewhere = counts;
      },
      ledgers: (folders) => this.#book.follow(folders),
      rates: ({ share, rates }) => this.#shares.changeRates(share, rates),
    };
  }

  #adopt({ number, implicit, seenAs, read }: SentConnection, raw: Socket | undefined): void {
    // One that was closed on its way does not arrive.
    if (raw === undefined) {
      this.#line.tell('ended', number);
      return;
    }
    // A socket that was handed over ends both halves at once unless it is told otherwise.
    raw.allowHalfOpen = true;
    if (read !== '') raw.unshift(Buffer.from(read, 'base64'));
    if (!this.#server.adopt({ raw, number, implicit, seenAs })) this.#line.tell('ended', number);
  }

  /** Takes a message of the process with the listeners. */
  take(message: unknown, socket: Socket | undefined): void {
    this.#line.take(message, socket);
  }

  #tellCounts(): void {
    const counts = this.#server.countsByOwner();
    const text = JSON.stringify(counts);
    if (text === this.#told) return;
    this.#told = text;
    this.#line.tellSoon('counts', counts);
  }

  /** As `reconfigure` of a server. */
  async reconfigure(options: Omit<WorkerOptions, 'storage'>): Promise<void> {
    const { listeners, limits } = optionsOf({ ...options, storage: this.#server.mainStorage });
    await this.#server.reconfigure({ ...options, listeners, ...(limits && { limits }) });
  }

  /** Ends all sessions; resolves when nothing is open any more. Idempotent. */
  async close(): Promise<void> {
    clearInterval(this.#telling);
    await this.#server.close();
  }

  /** The process with the listeners has gone: nothing is told any more. */
  orphan(): Promise<void> {
    this.#line.close();
    return this.close();
  }
}
