/**
 * The connections to a passive port of which only the one that resumes the session of the control connection counts.
 * The others are dropped, and the port stays open: whoever comes first from the client's address does not use it up.
 */

import type { Socket } from 'node:net';
import { DataConnection, type Scope, startDeadline, type TlsFacts } from '../../net/index.ts';
import { SlotFailure } from './slot-failure.ts';

/** Connections of one port that may be in their handshake at once; one more ends the oldest. */
const maxCandidates = 4;
/** How long a transfer waits for the right connection when a wrong one has come, in milliseconds. */
const rightLineWaitMs = 2000;

export interface CandidatesOptions {
  readonly tlsHandshakeMs: number;
  /** Brings TLS onto a connection. Rejects with `SlotFailure` when it is not the one. */
  secure(connection: DataConnection, raw: Socket, helloSeen: () => void): Promise<TlsFacts>;
  /** The right one has come; the others have been reset. Called once. */
  chosen(connection: DataConnection, facts: TlsFacts): void;
  /** A wrong one has come and was dropped. */
  dropped(connection: DataConnection): void;
  /** The transfer has waited for the right one long enough. */
  failed(failure: SlotFailure): void;
}

export class Candidates {
  readonly #scope: Scope;
  readonly #options: CandidatesOptions;
  #running: DataConnection[] = [];
  #over = false;
  #isAwaited = false;
  #helloSeen = false;
  #lastFailure: SlotFailure | undefined;
  /** Tells who waits for a handshake that has begun. */
  #handshakeOver: (() => void) | undefined;

  /** All connections belong to `scope`. */
  constructor(scope: Scope, options: CandidatesOptions) {
    this.#scope = scope;
    this.#options = options;
    scope.add(() => {
      this.#over = true;
      this.#handshakeOver?.();
    });
  }

  /** Why the newest of those that were dropped was. */
  get lastFailure(): SlotFailure | undefined {
    return this.#lastFailure;
  }

  /** Whether a connection is in its handshake. */
  get isTrying(): boolean {
    return this.#running.length > 0;
  }

  add(raw: Socket): void {
    const connection = new DataConnection(raw, this.#scope);
    this.#running.push(connection);
    if (this.#running.length > maxCandidates) this.#running.shift()?.reset();
    if (this.#isAwaited) this.#boundSilence();
    const helloSeen = (): void => {
      this.#helloSeen = true;
    };
    this.#options.secure(connection, raw, helloSeen).then(
      (facts) => this.#choose(connection, facts),
      (failure: SlotFailure) => this.#drop(connection, failure),
    );
  }

  #choose(chosen: DataConnection, facts: TlsFacts): void {
    if (this.#over) return;
    this.#over = true;
    for (const connection of this.#running) if (connection !== chosen) connection.reset();
    this.#options.chosen(chosen, facts);
    this.#handshakeOver?.();
  }

  #drop(connection: DataConnection, failure: SlotFailure): void {
    if (this.#over) return;
    this.#running = this.#running.filter((other) => other !== connection);
    connection.reset();
    this.#options.dropped(connection);
    this.#lastFailure = failure;
    if (this.#isAwaited) this.#boundWait();
    this.#handshakeOver?.();
  }

  /** Resolves when a handshake that has begun is over, its ticket sent, and behind `mostMs` at the latest. */
  async handshakeOver(mostMs: number): Promise<void> {
    if (this.#over || !this.#helloSeen || this.#running.length === 0) return;
    await new Promise<void>((resolve) => {
      const deadline = startDeadline(this.#scope, mostMs, () => this.#handshakeOver?.());
      this.#handshakeOver = () => {
        this.#handshakeOver = undefined;
        deadline.stop();
        // OpenSSL reports the end of the handshake first, and writes the tickets then.
        setImmediate(resolve);
      };
    });
  }

  /** A transfer command has come: from now on the right connection is waited for, with a bound. */
  awaitOne(): void {
    this.#isAwaited = true;
    if (this.#lastFailure !== undefined) this.#boundWait();
    else if (this.#running.length > 0) this.#boundSilence();
  }

  #boundWait(): void {
    startDeadline(this.#scope, rightLineWaitMs, () => this.#fail(this.#lastFailure));
  }

  /** The client is connected and must now begin TLS. */
  #boundSilence(): void {
    const seconds = this.#options.tlsHandshakeMs / 1000;
    const silent = new SlotFailure('tls-failed', `No TLS handshake came on the data connection within ${seconds} s`);
    startDeadline(this.#scope, this.#options.tlsHandshakeMs, () => {
      if (!this.#helloSeen) this.#fail(silent);
    });
  }

  #fail(failure: SlotFailure | undefined): void {
    if (this.#over || failure === undefined) return;
    this.#over = true;
    this.#options.failed(failure);
  }
}
