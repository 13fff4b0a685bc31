/** The one pending data connection of a session: opened by PASV, EPSV, PORT or EPRT, used by one transfer, or closed. */

import type { Socket } from 'node:net';
import {
  DataConnection,
  DataListener,
  dialData,
  peekClientHello,
  type PortRange,
  Scope,
  type SessionTls,
  startDeadline,
  type TlsFacts,
} from '../../net/index.ts';

/** Why there is no data connection; decides the reply code (425, or 522 after a failed TLS negotiation). */
export type SlotFailureKind =
  'not-opened' | 'nobody-came' | 'dial-failed' | 'tls-failed' | 'closed' | 'protection-changed';

/** The reason in words that the user of the client can act on. */
export class SlotFailure extends Error {
  readonly kind: SlotFailureKind;

  constructor(kind: SlotFailureKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

export interface DataSlotSettings {
  readonly passivePorts: PortRange;
  readonly dataConnectMs: number;
  readonly tlsHandshakeMs: number;
}

/** What the slot needs to know of its session, asked at the time of use. */
export interface DataSlotSession {
  readonly scope: Scope;
  readonly localHost: string;
  readonly remoteHost: string;
  /** The TLS identity of the session when data must be private now, undefined for clear data. */
  dataTls(): SessionTls | undefined;
  connected(): void;
  secured(tls: TlsFacts): void;
  refused(from: string): void;
  failed(failure: SlotFailure): void;
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
  #address: string | undefined;
  #dial: { readonly host: string; readonly port: number } | undefined;
  #listening = false;
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

  /** The address that was advertised or given, `host:port`, for records. */
  get address(): string | undefined {
    return this.#address;
  }

  /** Who connected, `host:port`. */
  get peer(): string | undefined {
    return this.#connection === undefined
      ? undefined
      : `${this.#connection.remote.host}:${this.#connection.remote.port}`;
  }

  /** True when a transfer command may be answered with 150. */
  get pending(): boolean {
    return this.#listening || this.#dial !== undefined || this.#connection !== undefined;
  }

  /** True when a connection has been accepted. */
  get connected(): boolean {
    return this.#connection !== undefined;
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
    this.#address = undefined;
    this.#dial = undefined;
    this.#listening = false;
    this.#connection = undefined;
    this.#ready = false;
    this.#helloSeen = false;
    this.#taken = false;
    this.#failure = failure;
    this.#waiter?.reject(failure ?? new SlotFailure('closed', 'The data connection was closed'));
    this.#waiter = undefined;
  }

  /** Opens a passive port and resolves with it. Rejects with `PortRangeUsedUp` or the system's error. */
  async openPassive(): Promise<number> {
    this.clear();
    const scope = new Scope(this.#session.scope, undefined, 'data');
    this.#scope = scope;
    const listener = await DataListener.open(scope, {
      host: this.#session.localHost,
      range: this.#settings.passivePorts,
      peer: this.#session.remoteHost,
      timeoutMs: this.#settings.dataConnectMs,
      accepted: (raw) => {
        this.#listening = false;
        this.#accept(scope, raw);
      },
      refused: (from) => this.#session.refused(from),
      timedOut: () => this.#fail(scope, new SlotFailure('nobody-came', this.#nobodyCame())),
    });
    this.#listening = true;
    this.#address = `${this.#session.localHost}:${listener.port}`;
    return listener.port;
  }

  #nobodyCame(): string {
    return (
      `No data connection came to ${this.#address ?? 'the passive port'} within ${this.#settings.dataConnectMs / 1000} s; ` +
      `a firewall between client and server may close the passive ports`
    );
  }

  /** Notes the address that PORT or EPRT gave; it is dialled by the transfer. */
  giveAddress(host: string, port: number): void {
    this.clear();
    this.#scope = new Scope(this.#session.scope, undefined, 'data');
    this.#dial = { host, port };
    this.#address = `${host}:${port}`;
  }

  #fail(scope: Scope, failure: SlotFailure): void {
    if (scope !== this.#scope || this.#taken) return;
    const waited = this.#waiter !== undefined;
    this.clear(failure);
    if (!waited) this.#session.failed(failure);
  }

  #accept(scope: Scope, raw: Socket): void {
    const connection = new DataConnection(raw, scope);
    this.#connection = connection;
    this.#session.connected();
    // A connection that no transfer asks for is not kept for ever.
    const unused = startDeadline(scope, this.#settings.dataConnectMs, () => {
      if (this.#waiter === undefined) {
        this.#fail(scope, new SlotFailure('closed', 'The data connection waited too long for a transfer command'));
      }
    });
    connection.scope.add(() => unused.stop());
    connection.onEnding(() => {
      // From the ClientHello on the handshake tells how it failed.
      if (!this.#ready && !this.#helloSeen)
        this.#fail(scope, new SlotFailure('closed', 'The client closed the data connection before the transfer'));
    });
    const tls = this.#session.dataTls();
    if (tls === undefined) {
      connection.useClear();
      this.#becomeReady();
    } else {
      this.#startTls(scope, connection, raw, tls);
    }
  }

  /** Some clients begin TLS before the transfer command, others only after they have read 150: both are waited for. */
  #startTls(scope: Scope, connection: DataConnection, raw: Socket, tls: SessionTls): void {
    const onEarlyEnd = (): void =>
      this.#fail(scope, new SlotFailure('tls-failed', 'The client closed the data connection without a TLS handshake'));
    raw.once('end', onEarlyEnd);
    peekClientHello(raw, (hello) => {
      raw.off('end', onEarlyEnd);
      this.#helloSeen = true;
      const client = typeof hello === 'string' ? undefined : hello;
      // A TLS 1.3 server writes two tickets that a client which only uploads leaves unread, and its kernel then resets
      // the line and drops the tail. TLS 1.2 sends its ticket inside the handshake, and a client that resumes a TLS 1.3 session gets none.
      const cap12 = client !== undefined && !client.offersTls13Session && client.offersTls12 && tls.allowsTls12;
      connection
        .startTls((socket) => tls.wrap(socket, { cap12 }), this.#settings.tlsHandshakeMs, 'secure')
        .then(
          (facts) => {
            if (scope !== this.#scope) return;
            this.#session.secured(facts);
            this.#becomeReady();
          },
          (error: Error) =>
            this.#fail(
              scope,
              new SlotFailure('tls-failed', `TLS negotiation failed on the data connection: ${error.message}`),
            ),
        );
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
    dialData(scope, { ...target, localHost: this.#session.localHost, timeoutMs: this.#settings.dataConnectMs }).then(
      (raw) => {
        if (scope !== this.#scope) raw.destroy();
        else {
          this.#accept(scope, raw);
          if (!this.#ready) this.#awaitHello();
        }
      },
      (error: NodeJS.ErrnoException) =>
        this.#fail(
          scope,
          new SlotFailure(
            'dial-failed',
            `Cannot open a data connection to ${this.#address ?? ''}: ${error.code ?? error.message}`,
          ),
        ),
    );
  }
}
