/** A server whose sessions live in other processes: it has the listeners, the limits and the bans, and they the work. */

import type { ServerTlsSettings } from '../../net/index.ts';
import type { ServerEvent } from '../audit.ts';
import type { ListeningAddress } from '../listener.ts';
import type { LiveSession } from '../live-sessions.ts';
import type { ServerOptions } from '../options.ts';
import { UsageBook } from '../quota/usage-book.ts';
import { type DrainReport, FtpsServer, type LiveCount } from '../server.ts';
import { Crew, type CrewMember, type WorkerPort } from './crew.ts';
import { sumOfCounts } from './live-counts.ts';

/** Beyond the time of a drain, a worker that still has not ended its sessions is ended itself. */
const stubbornWorkerMs = 10_000;

/** Who starts the processes, and starts another one for each that goes before its time. */
export interface WorkerStaff {
  /** Resolves when all are ready; rejects, and leaves none behind, when one cannot be. */
  start(server: WorkersServer): Promise<void>;
  /** Ends them in order. Idempotent. */
  stop(): Promise<void>;
  /** Ends them at once. */
  kill(): void;
}

export class WorkersServer {
  readonly #server: FtpsServer;
  readonly #crew: Crew;
  readonly #staff: WorkerStaff;
  readonly #emit: (event: ServerEvent) => void;
  /** Transfers that went with their process. */
  #lostTransfers = 0;

  constructor(options: ServerOptions, staff: WorkerStaff) {
    const book = new UsageBook();
    this.#staff = staff;
    this.#emit = (event) => options.onEvent?.(event);
    this.#crew = new Crew({ book, onEvent: this.#emit, ownCounts: () => this.#ownCounts() });
    this.#server = new FtpsServer(options, { host: this.#crew, book });
  }

  /** Starts the workers, then opens the sockets. Rejects as that of a server in one process. */
  async start(): Promise<readonly ListeningAddress[]> {
    try {
      await this.#staff.start(this);
    } catch (error) {
      await this.#server.close();
      throw error;
    }
    return this.#server.start();
  }

  /** Takes a worker in that is ready. */
  join(port: WorkerPort, worker: number, pid: number): CrewMember {
    this.#emit({ at: Date.now(), type: 'worker-started', worker, pid });
    return this.#crew.join(port);
  }

  /** A worker has gone before its time, and another one takes its place after `restartMs`. */
  lost(
    member: CrewMember,
    facts: { readonly worker: number; readonly pid: number; readonly detail: string; readonly restartMs: number },
  ): void {
    const { sessions, transfers } = member.lost(`worker ${facts.worker} is gone: ${facts.detail}`);
    this.#lostTransfers += transfers;
    this.#emit({ at: Date.now(), type: 'worker-lost', ...facts, sessions });
    this.#server.rescueUploads();
  }

  reconfigure(options: Parameters<FtpsServer['reconfigure']>[0]): Promise<void> {
    return this.#server.reconfigure(options);
  }

  /** Gives the workers what a reload has read; those who cannot take it say so, and go on as before. */
  async configureWorkers(settings: unknown): Promise<void> {
    const problems = await this.#crew.askAll('configure', settings);
    for (const problem of new Set(problems)) {
      const text = `A worker goes on with the old settings: ${problem}`;
      this.#emit({ at: Date.now(), type: 'warning', text });
    }
  }

  replaceTlsSettings(settings: ServerTlsSettings): void {
    this.#server.replaceTlsSettings(settings);
    this.#crew.tellAll('tls', settings);
  }

  /** What lives here but for sessions and files, which live in the workers. */
  #ownCounts(): readonly LiveCount[] {
    return this.#server.countsByOwner().filter(({ kind }) => kind !== 'session');
  }

  /** Of all processes. */
  async countsByOwner(): Promise<readonly LiveCount[]> {
    return sumOfCounts([this.#ownCounts(), await this.#crew.counts()]);
  }

  liveSessions(): Promise<readonly LiveSession[]> {
    return this.#crew.liveSessions();
  }

  endSession(number: number): boolean {
    return this.#server.endSession(number);
  }

  async drain(timeoutMs: number): Promise<DrainReport> {
    const lostBefore = this.#lostTransfers;
    const { finished, cut } = await this.#orKill(timeoutMs, () => this.#server.drain(timeoutMs));
    const lost = this.#lostTransfers - lostBefore;
    await this.#staff.stop();
    // One may have begun in a worker before it heard of the drain.
    return { finished: Math.max(0, finished - lost), cut: cut + lost };
  }

  async close(): Promise<void> {
    await this.#orKill(0, () => this.#server.close());
    await this.#staff.stop();
  }

  /** A worker that answers no more must not hold the end up. */
  async #orKill<T>(timeoutMs: number, end: () => Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.#staff.kill(), timeoutMs + stubbornWorkerMs);
    try {
      return await end();
    } finally {
      clearTimeout(timer);
    }
  }
}
