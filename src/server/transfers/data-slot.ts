/** The one pending data connection of a session: opened by PASV, EPSV, PORT or EPRT, used by one transfer, or closed. */

import type { Socket } from 'node:net';
import {
  DataConnection,
  DataListener,
  type DataListenerOptions,
  dialData,
  type PortRange,
  Scope,
  startDeadline,
  type TlsFacts,
} from '../../net/index.ts';
import { isIpv4 } from '../../protocol/index.ts';
import { Candidates } from './candidates.ts';
import { DataLine, type DataLineRecord, type DataOpener } from './data-line.ts';
import { dialFailed, nobodyCame } from './data-line-text.ts';
import { type DataTls, secureDataLine } from './data-tls.ts';
import { SlotFailure } from './slot-failure.ts';

/** How long a transfer waits for another line where one was reset before it could be taken, in milliseconds. */
const lostLineWaitMs = 1000;
/** How long an upload holds its 150 back for a handshake that the client has begun, in milliseconds. */
const handshakeBeforeReplyMs = 500;

export interface DataSlotSettings {
  readonly passivePorts: PortRange;
  readonly dataConnectMs: number;
  readonly tlsHandshakeMs: number;
  readonly proxies: NonNullable<DataListenerOptions['proxies']>;
}

/** What the slot needs to know of its session, asked at the time of use. */
export interface DataSlotSession {
  readonly scope: Scope;
  readonly localHost: string;
  readonly remoteHost: string;
  /** What TLS of data lines must be like when data must be private now, undefined for clear data. */
  dataTls(): DataTls | undefined;
  connected(): void;
  secured(line: DataLine, tls: TlsFacts): void;
  refused(from: string): void;
  /** The connection failed while no transfer waited for it. */
  failed(record: DataLineRecord): void;
}

interface Waiter {
  resolve(connection: DataConnection): void;
  reject(failure: SlotFailure): void;
}

/**
 * The slot. TLS on an accepted connection starts at once, before any transfer command: clients such as curl 7.88 send
 * their ClientHello first and would wait. `take` hands the connection to a transfer when it is ready.
 */
export class DataSlot {
  readonly #session: DataSlotSession;
  readonly #settings: DataSlotSettings;
  /** Stands in where nothing is pending. */
  readonly #noScope: Scope;
  #scope: Scope;
  #line: DataLine | undefined;
  #dial: { readonly host: string; readonly port: number } | undefined;
  #listening = false;
  /** A connection to the passive port was gone before it was taken. */
  #lineLost = false;
  /** Where only a line that resumes the session is accepted. */
  #candidates: Candidates | undefined;
  #connection: DataConnection | undefined;
  #ready = false;
  #helloSeen = false;
  #taken = false;
  #failure: SlotFailure | undefined;
  #waiter: Waiter | undefined;

  constructor(session: DataSlotSession, settings: DataSlotSettings) {
    this.#session = session;
    this.#settings = settings;
    this.#noScope = new Scope(session.scope);
    this.#noScope.close();
    this.#scope = this.#noScope;
  }

  /** The data connection that was opened last, for records. */
  get line(): DataLine | undefined {
    return this.#line;
  }

  /** True when a transfer command may be answered with 150. */
  get pending(): boolean {
    return this.#listening || this.#dial !== undefined || this.#connection !== undefined;
  }

  /** True when a connection has been accepted. */
  get connected(): boolean {
    return this.#connection !== undefined;
  }

  /**
   * Resolves when an upload may be answered with 150. Where a line must resume, and its client has begun with that, the new
   * ticket goes first: curl 7.88 reads once from a line on which it sends, at the end, and has no other ticket for its next.
   */
  async uploadMayBegin(): Promise<void> {
    await this.#candidates?.handshakeOver(handshakeBeforeReplyMs);
  }

  /** Why a slot that was opened is not pending any more. */
  get failure(): SlotFailure | undefined {
    return this.#failure;
  }

  /** Forgets what was pending; a connection that waits for a transfer is reset. */
  clear(failure?: SlotFailure): void {
    const scope = this.#scope;
    // What ends with the scope must not report itself as the failure: this one is the reason.
    this.#scope = this.#noScope;
    scope.close();
    this.#dial = undefined;
    this.#listening = false;
    this.#lineLost = false;
    this.#candidates = undefined;
    this.#connection = undefined;
    this.#ready = false;
    this.#helloSeen = false;
    this.#taken = false;
    this.#failure = failure;
    this.#waiter?.reject(failure ?? new SlotFailure('closed', 'The data connection was closed'));
    this.#waiter = undefined;
  }

  #begin(opener: DataOpener, address: string, announced?: string): DataLine {
    const isPrivate = this.#session.dataTls() !== undefined;
    return new DataLine({ opener, address, announced, expectedPeer: this.#session.remoteHost, isPrivate });
  }

  /**
   * Opens a passive port and resolves with it; `announcedHost` is what the reply will name where it names an address.
   * Rejects with `PortRangeUsedUp` or the system's error.
   */
  async openPassive(opener: 'EPSV' | 'PASV', announcedHost?: string): Promise<number> {
    this.clear();
    this.#line = undefined;
    const scope = new Scope(this.#session.scope, undefined, 'data');
    this.#scope = scope;
    const mustResume = this.#session.dataTls()?.reuse === 'require';
    const listener = await DataListener.open(scope, {
      host: this.#session.localHost,
      range: this.#settings.passivePorts,
      peer: this.#session.remoteHost,
      proxies: this.#settings.proxies,
      timeoutMs: this.#settings.dataConnectMs,
      staysOpen: mustResume,
      accepted: (raw) => {
        if (this.#candidates !== undefined) {
          this.#candidates.add(raw);
          return;
        }
        this.#listening = false;
        this.#accept(scope, raw);
      },
      refused: (from) => {
        this.#line?.refuse(from);
        this.#session.refused(from);
      },
      lost: () => this.#loseLine(),
      timedOut: () => {
        const failure = this.#candidates?.lastFailure ?? new SlotFailure('nobody-came', this.#nobodyCame());
        this.#fail(scope, failure);
      },
    });
    this.#listening = true;
    const announced = announcedHost === undefined ? undefined : `${announcedHost}:${listener.port}`;
    this.#line = this.#begin(opener, `${this.#session.localHost}:${listener.port}`, announced);
    if (mustResume) this.#candidates = this.#watchCandidates(scope, listener);
    return listener.port;
  }

  #watchCandidates(scope: Scope, listener: DataListener): Candidates {
    return new Candidates(scope, {
      tlsHandshakeMs: this.#settings.tlsHandshakeMs,
      secure: (connection, raw, helloSeen) => this.#secure(connection, raw, helloSeen),
      chosen: (connection, facts) => {
        listener.close();
        this.#listening = false;
        this.#candidates = undefined;
        this.#adopt(scope, connection);
        this.#noteTls(facts);
        this.#becomeReady();
      },
      dropped: (connection) => {
        this.#notePeer(connection);
        this.#session.refused(connection.remote.host);
      },
      failed: (failure) => this.#fail(scope, failure),
    });
  }

  /** It may have been the client's line, or a stranger's: the port stays open, and a transfer waits a moment only. */
  #loseLine(): void {
    if (this.#lineLost) return;
    this.#lineLost = true;
    if (this.#waiter !== undefined) this.#boundWait();
  }

  #boundWait(): void {
    const scope = this.#scope;
    const words = 'The data connection was reset before the transfer could use it: open a new one';
    startDeadline(scope, lostLineWaitMs, () => {
      if (this.#connection === undefined && this.#candidates?.isTrying !== true) {
        this.#fail(scope, new SlotFailure('closed', words));
      }
    });
  }

  #nobodyCame(): string {
    const { dataConnectMs, passivePorts } = this.#settings;
    return this.#line === undefined ? '' : nobodyCame(this.#line, dataConnectMs, passivePorts);
  }

  /** Notes the address that PORT or EPRT gave; it is dialled by the transfer. */
  giveAddress(opener: 'EPRT' | 'PORT', host: string, port: number): void {
    this.clear();
    this.#scope = new Scope(this.#session.scope, undefined, 'data');
    this.#dial = { host, port };
    this.#line = this.#begin(opener, `${host}:${port}`);
  }

  #fail(scope: Scope, failure: SlotFailure): void {
    if (scope === this.#scope && !this.#taken) this.drop(failure);
  }

  /** Gives the pending connection up for a reason, which is told by the transfer that waits for it or by the next one. */
  drop(failure: SlotFailure): void {
    const waited = this.#waiter !== undefined;
    this.clear(failure);
    // A transfer that waits tells of it itself.
    if (!waited && this.#line !== undefined && failure.kind !== 'not-opened') {
      this.#session.failed(this.#line.record(failure.kind, failure.message, 0));
    }
  }

  #notePeer({ remote }: DataConnection): void {
    if (this.#line !== undefined) this.#line.peer = `${remote.host}:${remote.port}`;
  }

  #noteTls(tls: TlsFacts): void {
    if (this.#line === undefined) return;
    this.#line.tls = tls;
    this.#session.secured(this.#line, tls);
  }

  /** Makes a connection the one of this slot. One that no transfer asks for is not kept for ever. */
  #adopt(scope: Scope, connection: DataConnection): void {
    this.#connection = connection;
    this.#notePeer(connection);
    this.#session.connected();
    const unused = startDeadline(scope, this.#settings.dataConnectMs, () => {
      if (this.#waiter === undefined) {
        this.#fail(scope, new SlotFailure('closed', 'The data connection waited too long for a transfer command'));
      }
    });
    connection.scope.add(() => unused.stop());
  }

  #accept(scope: Scope, raw: Socket): void {
    const connection = new DataConnection(raw, scope);
    this.#adopt(scope, connection);
    if (this.#session.dataTls() === undefined) {
      connection.onEnding(() => {
        if (!this.#ready)
          this.#fail(
            scope,
            new SlotFailure('closed', 'The client closed the data connection before the transfer command'),
          );
      });
      connection.useClear();
      this.#becomeReady();
      return;
    }
    // Some clients begin TLS before the transfer command, others only after they have read 150: both are waited for.
    const helloSeen = (): void => {
      this.#helloSeen = true;
    };
    this.#secure(connection, raw, helloSeen).then(
      (facts) => {
        if (scope !== this.#scope) return;
        this.#noteTls(facts);
        this.#becomeReady();
      },
      (failure: SlotFailure) => this.#fail(scope, failure),
    );
  }

  #secure(connection: DataConnection, raw: Socket, helloSeen: () => void): Promise<TlsFacts> {
    const tls = this.#session.dataTls();
    const { min, max } = this.#settings.passivePorts;
    if (tls === undefined) return Promise.reject(new SlotFailure('protection-changed', 'PROT changed meanwhile'));
    return secureDataLine(connection, raw, {
      tls,
      handshakeMs: this.#settings.tlsHandshakeMs,
      oneTimePort: this.#dial !== undefined || min === 0 || max > min,
      helloSeen: (hello) => {
        this.#line?.helloCame(hello);
        helloSeen();
      },
    });
  }

  #becomeReady(): void {
    this.#ready = true;
    const waiter = this.#waiter;
    if (waiter === undefined || this.#connection === undefined) return;
    this.#waiter = undefined;
    this.#taken = true;
    waiter.resolve(this.#connection);
  }

  /**
   * The data connection of one transfer, when it is ready. Rejects with `SlotFailure`. The connection then belongs to
   * the transfer, which must call `clear` when it ends.
   */
  take(): Promise<DataConnection> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined || !this.pending) {
        reject(this.#failure ?? new SlotFailure('not-opened', 'Use EPSV or PASV first'));
        return;
      }
      if (this.#ready && this.#connection !== undefined) {
        this.#taken = true;
        resolve(this.#connection);
        return;
      }
      this.#waiter = { resolve, reject };
      this.#candidates?.awaitOne();
      if (this.#lineLost) this.#boundWait();
      if (this.#dial !== undefined) this.#dialOut(this.#dial);
      else if (this.#connection !== undefined && !this.#helloSeen) this.#awaitHello();
    });
  }

  /** The client is connected and must now begin TLS within the handshake deadline. */
  #awaitHello(): void {
    const scope = this.#scope;
    startDeadline(scope, this.#settings.tlsHandshakeMs, () => {
      if (this.#helloSeen) return;
      this.#fail(
        scope,
        new SlotFailure(
          'tls-failed',
          `No TLS handshake came on the data connection within ${this.#settings.tlsHandshakeMs / 1000} s`,
        ),
      );
    });
  }

  #dialOut(target: { readonly host: string; readonly port: number }): void {
    const scope = this.#scope;
    const { localHost } = this.#session;
    // Behind a proxy the client may be of another family than the socket that this server has.
    const from = isIpv4(localHost) === isIpv4(target.host) ? { localHost } : {};
    dialData(scope, { ...target, ...from, timeoutMs: this.#settings.dataConnectMs }).then(
      (raw) => {
        if (scope !== this.#scope) raw.destroy();
        else {
          this.#accept(scope, raw);
          if (!this.#ready) this.#awaitHello();
        }
      },
      (error: NodeJS.ErrnoException) => {
        const reason = this.#line === undefined ? error.message : dialFailed(this.#line, error);
        this.#fail(scope, new SlotFailure('dial-failed', reason));
      },
    );
  }
}
