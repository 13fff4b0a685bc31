/** One data connection: a TCP socket, in clear or under TLS, its ending, and the only three ways in which we end it. */

import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { SocketAddress } from './control-channel.ts';
import { startDeadline } from './deadlines.ts';
import { endingOfError, type LineEnding, watchCloseNotify } from './line-ending.ts';
import { noteLine } from './open-sessions.ts';
import { resetSocket } from './reset-socket.ts';
import { Scope } from './scope.ts';
import { sendQueueBytes } from './send-queue.ts';
import { type TlsFacts, tlsFactsOf } from './tls-facts.ts';

/**
 * A data connection. It is `ready` when bytes may flow: at once in clear, after the handshake under TLS. Input is not
 * read before the owner attaches to `line`.
 */
export class DataConnection {
  readonly scope: Scope;
  readonly remote: SocketAddress;
  readonly local: SocketAddress;
  /** Resolves when the socket is closed, however that came about. */
  readonly closed: Promise<void>;
  readonly #raw: Socket;
  #line: Socket | undefined;
  #tls: TlsFacts | undefined;
  #closeNotify: { readonly received: boolean } | undefined;
  #ending: LineEnding | undefined;
  #error: Error | undefined;
  #onEnding: ((ending: LineEnding) => void)[] = [];
  #onLossBehindEnd: ((ending: LineEnding) => void) | undefined;

  constructor(raw: Socket, parent: Scope) {
    this.scope = new Scope(parent);
    this.#raw = raw;
    this.remote = { host: raw.remoteAddress ?? '', port: raw.remotePort ?? 0 };
    this.local = { host: raw.localAddress ?? '', port: raw.localPort ?? 0 };
    noteLine({ kind: 'data', scope: this.scope, ends: { remote: this.remote, local: this.local } });
    raw.setNoDelay(true);
    raw.setKeepAlive(true, 30_000);
    this.closed = new Promise((resolve) => raw.once('close', () => resolve()));
    raw.once('close', this.scope.count('socket'));
    raw.on('error', (error) => this.#settle(endingOfError(error), error));
    raw.on('close', () => this.#settle('local'));
    this.scope.add(() => this.reset());
  }

  /** The socket that carries payload: the raw one, or TLS above it. Throws before the connection is ready. */
  get line(): Socket {
    if (this.#line === undefined) throw new Error('The data connection is not ready.');
    return this.#line;
  }

  get tls(): TlsFacts | undefined {
    return this.#tls;
  }

  get tlsSocket(): TLSSocket | undefined {
    return this.#tls === undefined ? undefined : (this.#line as TLSSocket);
  }

  /** How the line ended, undefined while it lives. The peer's orderly end of its half counts as an ending. */
  get ending(): LineEnding | undefined {
    return this.#ending;
  }

  /** The socket error behind `ending`, if any. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** Calls back once with the ending, at once if the line has ended. */
  onEnding(callback: (ending: LineEnding) => void): void {
    if (this.#ending === undefined) this.#onEnding.push(callback);
    else callback(this.#ending);
  }

  /** Calls back where a line whose peer had ended its half in order is lost behind that: nobody takes what is sent. */
  onLossBehindEnd(callback: (ending: LineEnding) => void): void {
    this.#onLossBehindEnd = callback;
  }

  #settle(ending: LineEnding, error?: Error): void {
    const wasOrderly = this.#ending === 'fin' || this.#ending === 'close-notify';
    if (wasOrderly && ending !== 'local' && error !== undefined) this.#onLossBehindEnd?.(ending);
    // An RST behind an orderly end is still news: what we sent may not have arrived.
    if (this.#ending !== undefined && !(ending === 'reset' && this.#ending === 'fin')) return;
    this.#ending = ending;
    this.#error = error;
    const callbacks = this.#onEnding;
    this.#onEnding = [];
    for (const callback of callbacks) callback(ending);
  }

  /** Uses the connection in clear. */
  useClear(): void {
    this.#attach(this.#raw);
  }

  /** Starts TLS; resolves when the handshake is done. After a rejection the line is dead. */
  startTls(
    wrap: (raw: Socket) => TLSSocket,
    timeoutMs: number,
    secureEvent: 'secure' | 'secureConnect',
  ): Promise<TlsFacts> {
    const raw = this.#raw;
    return new Promise((resolve, reject) => {
      const fail = (error: NodeJS.ErrnoException): void => {
        deadline.stop();
        this.#settle(endingOfError(error), error);
        this.scope.close();
        reject(error);
      };
      const onEarlyEnd = (): void => {
        fail(Object.assign(new Error('the connection ended during the TLS handshake'), { code: 'ERR_TLS_EARLY_END' }));
      };
      const deadline = startDeadline(this.scope, timeoutMs, () =>
        fail(Object.assign(new Error(`no TLS handshake within ${timeoutMs / 1000} s`), { code: 'ETIMEDOUT' })),
      );
      // An end that came before, or that lies in the raw socket behind other bytes, is one that TLS would never find.
      if (raw.readableEnded || raw.destroyed) {
        onEarlyEnd();
        return;
      }
      let tls: TLSSocket;
      try {
        tls = wrap(raw);
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      this.#closeNotify = watchCloseNotify(tls, raw);
      raw.once('end', onEarlyEnd);
      raw.once('close', onEarlyEnd);
      tls.once('close', onEarlyEnd);
      tls.once('end', onEarlyEnd);
      tls.on('error', (error: NodeJS.ErrnoException) => {
        if (this.#tls === undefined) {
          fail(error);
          return;
        }
        this.#settle(endingOfError(error), error);
        // Node tells of a record that cannot be read and leaves the line open, on which nothing will ever come any more.
        setImmediate(() => tls.destroy());
      });
      tls.once(secureEvent, () => {
        deadline.stop();
        raw.off('end', onEarlyEnd);
        raw.off('close', onEarlyEnd);
        tls.off('close', onEarlyEnd);
        tls.off('end', onEarlyEnd);
        this.#tls = tlsFactsOf(tls);
        this.#attach(tls);
        // Not from here: this is inside OpenSSL, and an owner that resets the line at once would free it under our feet.
        setImmediate(resolve, this.#tls);
      });
    });
  }

  #attach(line: Socket): void {
    this.#line = line;
    line.on('end', () => this.#settle(this.#closeNotify?.received ? 'close-notify' : 'fin'));
    line.on('close', () => this.#settle('local'));
  }

  /**
   * Orderly end of our half: what was written goes out, then close_notify under TLS, then FIN. Calls back when the
   * peer has ended its half or the line is dead, or after `waitMs`; then the socket is released. With `untilTaken` the
   * wait does not end while the peer's kernel has not taken all; whoever asks for it watches for stalls himself.
   */
  finish(
    waitMs: number,
    onFinished: (ending: LineEnding | 'no-answer') => void,
    options: { readonly untilTaken?: boolean } = {},
  ): void {
    const line = this.#line;
    if (line === undefined || this.scope.closed) {
      onFinished(this.#ending ?? 'local');
      return;
    }
    let finished = false;
    const settle = (ending: LineEnding | 'no-answer'): void => {
      if (finished) return;
      finished = true;
      deadline.stop();
      onFinished(ending);
      this.#release();
    };
    const look = async (): Promise<void> => {
      const untaken = options.untilTaken === true ? await sendQueueBytes(this.local, this.remote) : 0;
      if (finished || this.scope.closed) return;
      if (untaken === undefined || untaken === 0) settle('no-answer');
      else deadline = startDeadline(this.scope, waitMs, () => void look());
    };
    let deadline = startDeadline(this.scope, waitMs, () => void look());
    line.once('error', (error: NodeJS.ErrnoException) => settle(endingOfError(error)));
    line.once('close', () => settle(this.#ending ?? 'local'));
    if (line.destroyed) {
      settle(this.#ending ?? 'local');
      return;
    }
    line.end(() => {
      if (this.#ending !== undefined && line.readableEnded) settle(this.#ending);
      else line.once('end', () => settle(this.#ending ?? 'fin'));
    });
    line.resume();
  }

  /** Releases a line whose both halves have ended, without RST. */
  #release(): void {
    this.#line?.destroy();
    this.#raw.destroy();
    this.scope.close();
  }

  /** Ends the line with RST and never with close_notify: what was cut short must not look complete. Idempotent. */
  reset(): void {
    resetSocket(this.#raw, this.#line ?? this.#raw);
    this.#settle('local');
    this.scope.close();
  }
}
