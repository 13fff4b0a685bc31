/** The FTPS server: its listening sockets and its sessions. */

import { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '../errors/index.ts';
import { checkServerTls, type LiveKind, type LiveOwner, Scope, type ServerTlsSettings } from '../net/index.ts';
import type { StorageBackend } from '../storage/index.ts';
import { type LiveSession, liveSessionOf } from './live-sessions.ts';
import type { ServerEventBody } from './audit.ts';
import type { ListenerOwner, ListeningAddress } from './listener.ts';
import { ListenerSet } from './listener-set.ts';
import type { ServerOptions } from './options.ts';
import { type Shares, UserShares } from './shares/user-shares.ts';
import { UsageBook } from './quota/usage-book.ts';
import { createClosedStorage, type ServerStorages } from './rights/account-storage.ts';
import { replies } from './replies.ts';
import { BanList } from './bans/ban-list.ts';
import { Defence } from './bans/defence.ts';
import { LoginDelays } from './bans/login-delays.ts';
import type { AdmittedConnection, HostedSession, ServerParts } from './hosted-session.ts';
import { Reception, type ReceivedConnection } from './limits/reception.ts';
import { SessionLimits } from './limits/session-limits.ts';
import { Session } from './session.ts';
import type { ServerCounts, SessionSurroundings } from './session-surroundings.ts';
import { type ServerSettings, settingsOf } from './settings.ts';

/** How many things of a kind live with an owner. */
export interface LiveCount {
  readonly kind: LiveKind | 'file';
  readonly owner: LiveOwner | 'storage';
  readonly count: number;
}

/** How a drain ended. */
export interface DrainReport {
  /** Transfers that came to their own end. */
  readonly finished: number;
  /** Transfers that were cut at the end of the time. */
  readonly cut: number;
}

/** An FTPS server. Made by `createServer`; `start` opens its sockets, `drain` or `close` ends it. */
export class FtpsServer {
  #options: ServerOptions;
  #settings: ServerSettings;
  #tlsSettings: ServerTlsSettings | undefined;
  readonly #ownBook: UsageBook;
  readonly #storages: ServerStorages;
  readonly #closedStorage: StorageBackend;
  readonly #shares: Shares;
  readonly #scope = new Scope();
  readonly #parts: ServerParts;
  readonly #sessions = new Map<number, HostedSession>();
  readonly #limits: SessionLimits<HostedSession>;
  readonly #reception: Reception;
  readonly #listeners: ListenerSet;
  readonly #defence: Defence;
  /** Of this process; where several share theirs, it only listens. */
  readonly #loginDelays: LoginDelays;
  #nextSession = 1;
  #stopping = false;
  #sweeping = false;
  /** A process has died during a sweep, which may have been past its files already. */
  #sweepAgain = false;
  #whenEmpty: (() => void)[] = [];

  constructor(options: ServerOptions, parts: ServerParts = {}) {
    this.#options = options;
    this.#parts = parts;
    this.#ownBook = parts.book ?? new UsageBook();
    this.#storages = {
      main: options.storage,
      named: new Map(Object.entries(options.storages ?? {})),
      book: parts.shared?.book ?? this.#ownBook,
    };
    this.#closedStorage = createClosedStorage(options.storage);
    this.#shares = parts.shared?.shares ?? new UserShares(options.rates ?? {});
    this.#tlsSettings = options.tlsSettings;
    if (options.tlsSettings !== undefined) checkServerTls(options.tlsSettings);
    this.#settings = settingsOf(options, () => this.#tlsSettings);
    this.#loginDelays = new LoginDelays(() => this.#settings);
    this.#defence = new Defence({
      bans: options.bans ?? new BanList(),
      rules: () => this.#settings,
      emit: (event) => this.#emit(event),
      bansChanged: () => this.#endBanned(),
    });
    this.#limits = new SessionLimits(() => this.#settings);
    this.#reception = new Reception({
      limits: this.#limits,
      banOf: (address) => this.#defence.banOf(address),
      scope: this.#scope,
      emit: (event) => this.#emit(event),
      openFiles: () => this.#openFiles(),
      rules: () => this.#settings,
      admit: (connection) => this.#open(connection),
    });
    this.#listeners = new ListenerSet(options.bound ?? [], this.#listenerOwner());
  }

  #listenerOwner(): ListenerOwner {
    return {
      take: (raw, mode) => this.#accept(raw, mode),
      failed: (error) => this.#emit({ type: 'accept-failed', error }),
      opened: (address) => {
        this.#emit({ type: 'listening', ...address });
        return this.#scope.count('listener');
      },
      closed: (address) => {
        if (!this.#stopping) this.#emit({ type: 'listener-closed', ...address });
      },
    };
  }

  /**
   * Goes by these options from now on: listeners are opened and closed as they say, sessions that begin later take
   * everything, and those that run keep what they began with but for `users`, which counts for the next login of each.
   * `storage` and `onEvent` stay. Rejects with `TwinlineError` that says what to do, and changes nothing then.
   */
  async reconfigure(options: Omit<ServerOptions, 'storage' | 'bans' | 'onEvent' | 'bound'>): Promise<void> {
    if (options.tlsSettings !== undefined) checkServerTls(options.tlsSettings);
    const { storage, onEvent } = this.#options;
    const all = { ...options, storage, ...(onEvent === undefined ? {} : { onEvent }) };
    const settings = settingsOf(all, () => this.#tlsSettings);
    if (this.#stopping) return;
    await this.#listeners.change(options.listeners);
    this.#options = all;
    this.#settings = settings;
    const { tlsSettings } = options;
    const before = this.#tlsSettings?.certificatePem;
    // Without TLS from now on, sessions that began before may still ask for it.
    this.#tlsSettings = tlsSettings ?? this.#tlsSettings;
    if (tlsSettings !== undefined && tlsSettings.certificatePem !== before) this.#tellCertificate(tlsSettings);
  }

  /**
   * Presents and demands this from now on: control lines that go over to TLS afterwards take it, those under TLS keep what
   * they have, and so do their data lines. Throws `ConfigError` that says what to do, and changes nothing then.
   */
  replaceTlsSettings(settings: ServerTlsSettings): void {
    if (this.#settings.tls === 'off') {
      throw new ConfigError('ERR_TWINLINE_CONFIG', 'This server was started without TLS: restart it to change that.');
    }
    checkServerTls(settings);
    this.#tlsSettings = settings;
    this.#tellCertificate(settings);
  }

  #tellCertificate({ certificatePem }: ServerTlsSettings): void {
    const { fingerprint256, validToDate } = new X509Certificate(certificatePem);
    this.#emit({ type: 'tls-settings-replaced', fingerprint256, validUntil: validToDate.toISOString() });
  }

  #emit(body: ServerEventBody): void {
    this.#options.onEvent?.({ at: Date.now(), ...body });
    this.#loginDelays.take(body);
    this.#defence.take(body);
  }

  /**
   * Opens all listening sockets, or none. Rejects with `TwinlineError` ERR_TWINLINE_LISTEN, whose message says what to do.
   */
  async start(): Promise<readonly ListeningAddress[]> {
    await this.#sweepAtStart();
    let addresses: readonly ListeningAddress[];
    try {
      addresses = await this.#listeners.change(this.#options.listeners);
    } catch (error) {
      await this.close();
      throw error;
    }
    this.#defence.watch(this.#scope);
    this.#emit({ type: 'online' });
    return addresses;
  }

  /** Puts right what a crash left behind before anyone can ask for it, and sweeps old interrupted uploads from then on. */
  async #sweepAtStart(): Promise<void> {
    const { startSweepMs, sweepEveryMs } = this.#settings.limits;
    const swept = this.#sweep();
    const again = setInterval(() => void this.#sweep(), sweepEveryMs);
    again.unref();
    this.#scope.add(() => clearInterval(again));
    await Promise.race([swept, sleep(startSweepMs, undefined, { ref: false })]);
  }

  /** Sees at once to the uploads of a process that has died, so that they can be resumed. */
  rescueUploads(): void {
    this.#sweepAgain = this.#sweeping;
    void this.#sweep();
  }

  /** One sweep at a time: that of a large tree may outlast the time between two. */
  async #sweep(): Promise<void> {
    if (this.#sweeping) return;
    this.#sweeping = true;
    try {
      for (const storage of this.#allStorages()) {
        const report = await storage.sweep(this.#settings.limits.partialMaxAgeMs);
        if (report.removed > 0) this.#ownBook.forgetMeasurements();
        if (report.kept > 0 || report.removed > 0) this.#emit({ type: 'swept', ...report });
      }
    } catch (error) {
      // A storage that closes stops its sweep; that is no news behind the end of the server.
      if (!this.#scope.closed) this.#emit({ type: 'sweep-failed', error });
    } finally {
      this.#sweeping = false;
    }
    if (!this.#sweepAgain) return;
    this.#sweepAgain = false;
    await this.#sweep();
  }

  #accept(raw: Socket, mode: 'explicit' | 'implicit'): void {
    if (raw.remoteAddress === undefined) {
      raw.destroy();
      return;
    }
    this.#reception.receive(raw, mode === 'implicit');
  }

  /** Takes a connection that another process has let in, and given a number; false: it had to be refused here. */
  adopt(connection: AdmittedConnection): boolean {
    connection.raw.on('error', () => undefined);
    return this.#reception.take(connection);
  }

  #open({ raw, implicit, seenAs, number = this.#nextSession++ }: ReceivedConnection): boolean {
    const { host } = this.#parts;
    const surroundings = this.#surroundings();
    const session =
      host === undefined
        ? new Session(raw, number, implicit, surroundings, seenAs)
        : host.open({ raw, number, implicit, seenAs }, surroundings);
    if (session === undefined) return false;
    this.#sessions.set(number, session);
    session.start();
    // A connection with a header was paused behind it; TLS takes up what is there by itself.
    if (!implicit && host === undefined) raw.resume();
    this.#limits.enter(session, session.standing);
    return true;
  }

  /** Who the server has banned by itself may end what it does; an operator's word ends everything. */
  #endBanned(): void {
    for (const session of this.#sessions.values()) {
      const ban = this.#defence.banOf(session.remoteHost);
      if (ban === undefined || (ban.by === 'server' && session.standing === 'user')) continue;
      session.end('banned', `${ban.network} is banned: ${ban.reason}`, replies.banned(ban.untilMs));
    }
  }

  #surroundings(): SessionSurroundings {
    const { shared } = this.#parts;
    return {
      settings: this.#settings,
      storages: this.#storages,
      shares: this.#shares,
      closedStorage: this.#closedStorage,
      users: () => this.#options.users,
      scope: this.#scope,
      loginDelays: shared?.loginDelays ?? this.#loginDelays,
      emit: (event) => this.#emit(event),
      counts: () => shared?.countsWith(this.counts()) ?? this.counts(),
      standingChanged: (session, standing) => {
        this.#limits.changed(session, standing);
        shared?.standingChanged(session.number, standing);
      },
      ended: (session) => {
        this.#sessions.delete(session.number);
        this.#limits.leave(session);
        shared?.ended(session.number);
        if (this.#sessions.size > 0) return;
        for (const callback of this.#whenEmpty.splice(0)) callback();
      },
    };
  }

  #allStorages(): readonly StorageBackend[] {
    return [this.#storages.main, ...this.#storages.named.values()];
  }

  #openFiles(): number {
    return this.#allStorages().reduce((sum, storage) => sum + storage.openHandles(), 0);
  }

  /** Living things of this server by kind, and open files: all zero when nothing is going on but the listeners. */
  counts(): ServerCounts {
    return {
      ...this.#scope.counts.snapshot(),
      session: this.#sessions.size,
      file: this.#openFiles(),
    };
  }

  /** The same by the owner of each; sessions belong to the server, open files to its storage. */
  countsByOwner(): readonly LiveCount[] {
    return [
      { kind: 'session', owner: 'server', count: this.#sessions.size },
      ...this.#scope.counts.byOwner(),
      { kind: 'file', owner: 'storage', count: this.#openFiles() },
    ];
  }

  /** All sessions as they are now, in the order of their coming. */
  liveSessions(): readonly LiveSession[] {
    return [...this.#sessions.values()].filter((session) => session instanceof Session).map(liveSessionOf);
  }

  /** The session of this number. */
  hosted(number: number): HostedSession | undefined {
    return this.#sessions.get(number);
  }

  /** The storage that sessions begin in, which stays as long as the server. */
  get mainStorage(): StorageBackend {
    return this.#storages.main;
  }

  /** Ends a session with 421, and cuts its transfer; false where there is none of this number. */
  endSession(number: number): boolean {
    const session = this.#sessions.get(number);
    session?.end('ended-by-operator', 'the operator has ended the session', replies.endedByOperator);
    return session !== undefined;
  }

  #stopListening(): void {
    this.#stopping = true;
    this.#listeners.close();
  }

  /** Sessions can end before their sockets have closed; only then has the kernel everything back. */
  async #closed(): Promise<void> {
    await this.#listeners.closed();
    await this.#scope.counts.untilNone('socket');
  }

  #empty(): Promise<void> {
    if (this.#sessions.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenEmpty.push(resolve));
  }

  /**
   * Takes no new sessions, ends those without a transfer at once and the others when their transfer is through, cuts
   * what still runs after `timeoutMs` milliseconds, and resolves when all have ended.
   */
  async drain(timeoutMs: number): Promise<DrainReport> {
    this.#stopListening();
    const busy = [...this.#sessions.values()].filter((session) => session.transfer !== undefined);
    this.#emit({ type: 'draining', sessions: this.#sessions.size, transfers: busy.length });
    for (const session of this.#sessions.values()) session.endAfterTransfer();
    let cut = 0;
    const timer = setTimeout(() => {
      for (const session of this.#sessions.values()) {
        if (session.transfer !== undefined) cut += 1;
        session.end('drain', 'the server is shutting down', replies.shuttingDown);
      }
    }, timeoutMs);
    await this.#empty();
    clearTimeout(timer);
    this.#scope.close();
    await this.#closed();
    this.#emit({ type: 'offline' });
    return { finished: busy.length - cut, cut };
  }

  /** Ends everything now; transfers are cut. Resolves when all that was open has been closed. Idempotent. */
  async close(): Promise<void> {
    const wasStopping = this.#stopping;
    this.#stopListening();
    for (const session of this.#sessions.values()) session.end('drain', 'the server was closed', replies.shuttingDown);
    const sessions = this.#empty();
    this.#scope.close();
    await sessions;
    await this.#closed();
    if (!wasStopping) this.#emit({ type: 'offline' });
  }
}

/** Makes a server; nothing is opened before `start`. Throws `ConfigError` when its TLS settings cannot be used. */
export function createServer(options: ServerOptions): FtpsServer {
  return new FtpsServer(options);
}
