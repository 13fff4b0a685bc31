/**
 * One end of a relayed line: a TCP connection with or without TLS on it. It tells how the program on it has left, and can be
 * ended in every way in which a program or a network ends a line.
 */

import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { errorWords, resetSocket, type TlsFacts, tlsFactsOf, watchCloseNotify } from '../../net/index.ts';
import { GatheredWrites } from './gathered-writes.ts';

/** How a program has left. `broken`: TLS met what it cannot read; `timeout`: TCP gave up. */
export type Departure = 'close-notify' | 'fin' | 'reset' | 'timeout' | 'broken';

/** How a half is ended: a line in clear knows FIN alone. */
export type HalfEnd = 'close-notify' | 'fin';

export interface LegHandlers {
  bytes(chunk: Buffer): void;
  /** Called once, and once more with `reset` where a reset comes behind an orderly end. */
  left(how: Departure): void;
  /** Most of what was written is with the kernel, or nothing will ever be. */
  drained(): void;
  closed(): void;
}

/** Bytes that wait for the kernel before whoever sent them is made to wait. */
const maxUnsentBytes = 512 * 1024;
/** He waits until no more than this is left, so that the line does not run dry. */
const fewUnsentBytes = 256 * 1024;
/** How long a reset waits for what is on its way to the kernel, in milliseconds. */
const flushMs = 200;

function departureOf(error: NodeJS.ErrnoException): Departure {
  if (error.code === 'ETIMEDOUT' || error.code === 'EHOSTUNREACH') return 'timeout';
  return error.code === 'ECONNRESET' || error.code === 'EPIPE' || error.code === 'ECONNABORTED' ? 'reset' : 'broken';
}

export class Leg {
  readonly raw: Socket;
  readonly #writes: GatheredWrites;
  #line: Socket;
  #facts: TlsFacts | undefined;
  #closeNotify: { readonly received: boolean } | undefined;
  #handlers: LegHandlers | undefined;
  #left: Departure | undefined;
  #leftWords: string | undefined;
  #isOver = false;
  /** Set when this end was ended here, so that what follows from it is nobody's departure. */
  #isCut = false;
  #pauses = 0;
  #isFull = false;

  /** `raw` is connected, made with `allowHalfOpen`, and paused. */
  constructor(raw: Socket) {
    this.raw = raw;
    this.#line = raw;
    this.#writes = new GatheredWrites(raw, () => this.#taken());
    raw.setNoDelay(true);
    raw.setKeepAlive(true, 30_000);
    raw.on('error', (error) => this.#leave(departureOf(error), error));
    raw.on('close', () => this.#close());
  }

  get tls(): TlsFacts | undefined {
    return this.#facts;
  }

  get tlsSocket(): TLSSocket | undefined {
    return this.#line === this.raw ? undefined : (this.#line as TLSSocket);
  }

  get left(): Departure | undefined {
    return this.#left;
  }

  /** What the system or TLS said of a departure that was an error. */
  get leftWords(): string | undefined {
    return this.#leftWords;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Begins to read. What has happened before is told in the next turn. */
  start(handlers: LegHandlers): void {
    this.#handlers = handlers;
    this.#listen(this.#line);
    this.#flow();
    if (this.#left !== undefined || this.#isOver) {
      setImmediate(() => {
        if (this.#left !== undefined) handlers.left(this.#left);
        if (this.#isOver) handlers.closed();
      });
    }
  }

  /**
   * Goes over to TLS; rejects with the reason in words, and the leg is then dead. Bytes that are unread become its beginning.
   */
  secure(wrap: (raw: Socket) => TLSSocket, event: 'secure' | 'secureConnect', timeoutMs: number): Promise<TlsFacts> {
    const { raw } = this;
    raw.removeAllListeners('data');
    raw.removeAllListeners('end');
    return new Promise((resolve, reject) => {
      const fail = (words: string): void => {
        clearTimeout(timer);
        reject(new Error(words));
        this.#line.destroy();
        raw.destroy();
      };
      const onEarlyEnd = (): void => fail(this.#leftWords ?? 'the connection ended during the TLS handshake');
      const timer = setTimeout(() => fail(`no TLS handshake within ${timeoutMs / 1000} s`), timeoutMs);
      if (raw.destroyed || raw.readableEnded) {
        onEarlyEnd();
        return;
      }
      this.#writes.push();
      const tls = wrap(raw);
      this.#writes.moveTo(tls);
      this.#line = tls;
      this.#closeNotify = watchCloseNotify(tls, raw);
      const early = ['end', 'close'] as const;
      for (const name of early) tls.once(name, onEarlyEnd);
      raw.once('close', onEarlyEnd);
      tls.on('error', (error: NodeJS.ErrnoException) => {
        this.#leave(departureOf(error), error);
        if (this.#facts === undefined) fail(errorWords(error));
        // Node leaves a line open on which TLS has failed, and nothing will ever come on it.
        else setImmediate(() => tls.destroy());
      });
      tls.once(event, () => {
        clearTimeout(timer);
        for (const name of early) tls.off(name, onEarlyEnd);
        raw.off('close', onEarlyEnd);
        const facts = tlsFactsOf(tls);
        this.#facts = facts;
        tls.on('close', () => this.#close());
        // Not inside OpenSSL: whoever resets the line at once would free it under our feet.
        setImmediate(() => {
          if (this.#handlers !== undefined) this.#listen(tls);
          this.#flow();
          resolve(facts);
        });
      });
    });
  }

  #listen(line: Socket): void {
    // A listener alone would set it flowing.
    if (this.#pauses > 0) line.pause();
    line.on('data', (chunk: Buffer) => this.#handlers?.bytes(chunk));
    line.on('end', () => this.#leave(this.#closeNotify?.received === true ? 'close-notify' : 'fin'));
    if (line.readableEnded) this.#leave('fin');
  }

  #leave(how: Departure, error?: Error): void {
    if (this.#isCut) return;
    const isResetBehindEnd = how === 'reset' && (this.#left === 'fin' || this.#left === 'close-notify');
    if (this.#left !== undefined && !isResetBehindEnd) return;
    this.#left = how;
    if (error !== undefined) this.#leftWords = errorWords(error);
    this.#handlers?.left(how);
  }

  #close(): void {
    if (this.#isOver) return;
    if (this.#left === undefined) this.#leave('reset');
    this.#isOver = true;
    this.#line.destroy();
    this.raw.destroy();
    this.#handlers?.drained();
    this.#handlers?.closed();
  }

  /** Reads no more until as many calls of {@link resume}. */
  pause(): void {
    this.#pauses += 1;
    this.#line.pause();
  }

  resume(): void {
    this.#pauses = Math.max(0, this.#pauses - 1);
    this.#flow();
  }

  #flow(): void {
    if (this.#pauses === 0 && this.#handlers !== undefined) this.#line.resume();
  }

  /** Nothing more can be written. */
  get isShut(): boolean {
    return this.#isOver || this.#line.destroyed || this.#line.writableEnded || this.raw.writableEnded;
  }

  /** Copies `bytes`. False: wait for `drained`. */
  write(bytes: Uint8Array): boolean {
    if (this.isShut) return true;
    this.#writes.add(bytes);
    this.#isFull ||= this.#writes.unsentBytes >= maxUnsentBytes;
    return !this.#isFull;
  }

  #taken(): void {
    if (!this.#isFull || this.#writes.unsentBytes > fewUnsentBytes) return;
    this.#isFull = false;
    this.#handlers?.drained();
  }

  /** Calls back when the kernel has all that was written, the line is dead, or `flushMs` are over. */
  flushed(done: () => void): void {
    if (!this.isShut) this.#writes.push();
    if (this.#line.writableLength === 0 || this.isShut) {
      done();
      return;
    }
    let isDone = false;
    const finish = (): void => {
      clearTimeout(timer);
      if (!isDone) done();
      isDone = true;
    };
    const timer = setTimeout(finish, flushMs);
    this.#line.write(Buffer.alloc(0), finish);
  }

  /** Ends this half behind all that was written; `fin` on a TLS line sends no close_notify. */
  end(how: HalfEnd): void {
    if (this.isShut) return;
    this.#writes.push();
    if (this.#line === this.raw || how === 'close-notify') this.#line.end();
    else this.#endBelowTls();
  }

  #endBelowTls(): void {
    if (this.#line.writableLength > 0) this.#line.write(Buffer.alloc(0), () => this.raw.end());
    else this.raw.end();
  }

  /** Ends the line by RST, at once. */
  reset(): void {
    this.#isCut = true;
    resetSocket(this.raw, this.#line);
  }

  /** Lets go of a line that both have left. */
  release(): void {
    this.#isCut = true;
    this.#line.destroy();
    this.raw.destroy();
  }
}
