/** The control line as bytes: one TCP socket, in clear or under TLS, with its ending told apart. */

import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { ClearableLeg, watchCloseNotifyAbove } from './clearable-leg.ts';
import { isIpv4, normaliseAddress } from '../protocol/index.ts';
import { startDeadline } from './deadlines.ts';
import { endingOfError, type LineEnding, watchCloseNotify } from './line-ending.ts';
import { noteLine } from './open-sessions.ts';
import { resetSocket } from './reset-socket.ts';
import { Scope } from './scope.ts';
import { type TlsFacts, tlsFactsOf } from './tls-facts.ts';

/** One end of a TCP connection. */
export interface SocketAddress {
  readonly host: string;
  readonly port: number;
}

/** Both ends of a connection. */
export interface Endpoints {
  readonly remote: SocketAddress;
  readonly local: SocketAddress;
}

/** The ends of a socket as the system gives them. */
export function endpointsOf(raw: Socket): Endpoints {
  return {
    remote: { host: raw.remoteAddress ?? '', port: raw.remotePort ?? 0 },
    local: { host: raw.localAddress ?? '', port: raw.localPort ?? 0 },
  };
}

/** IPv4 also where it came mapped into IPv6; a link-local address is none without its zone. */
function bindable(host: string): string {
  const address = normaliseAddress(host);
  return address !== undefined && isIpv4(address) ? address : host;
}

/** What the owner of a control channel hears. After `ended` nothing is called any more. */
export interface ControlChannelHandlers {
  bytes(chunk: Buffer): void;
  /** The peer's half or the whole line has ended. Called once. */
  ended(ending: LineEnding, error?: Error): void;
}

export interface ControlChannelOptions {
  /** TCP keepalive: seconds of silence before the first probe. Default 30. */
  readonly keepAliveSeconds?: number;
  /** How long an orderly end waits for the peer's half, in milliseconds. Default 2,000. */
  readonly lingerMs?: number;
  /** TLS can be taken off again, which costs a detour of every byte of this line under TLS. Default false. */
  readonly clearable?: boolean;
  /** The ends of the connection where a proxy stands between them; those of the socket otherwise. */
  readonly seenAs?: Endpoints;
}

/** Owns the socket of a control connection from accept or connect to close. */
export class ControlChannel {
  readonly scope: Scope;
  readonly remote: SocketAddress;
  /** The address that the peer has reached: that of the proxy, if there is one. */
  readonly local: SocketAddress;
  /** The address of this machine that the socket is on: to listen on, and to connect from. */
  readonly boundHost: string;
  readonly #raw: Socket;
  readonly #handlers: ControlChannelHandlers;
  readonly #lingerMs: number;
  readonly #isClearable: boolean;
  #leg: ClearableLeg | undefined;
  #line: Socket;
  #tlsFacts: TlsFacts | undefined;
  #closeNotify: { readonly received: boolean } | undefined;
  #ended = false;
  #ending = false;
  #paused = false;

  constructor(raw: Socket, parent: Scope, handlers: ControlChannelHandlers, options: ControlChannelOptions = {}) {
    this.scope = new Scope(parent);
    this.#raw = raw;
    this.#line = raw;
    this.#handlers = handlers;
    this.#lingerMs = options.lingerMs ?? 2000;
    this.#isClearable = options.clearable ?? false;
    ({ remote: this.remote, local: this.local } = options.seenAs ?? endpointsOf(raw));
    this.boundHost = bindable(raw.localAddress ?? '');
    noteLine({ kind: 'control', scope: this.scope, ends: endpointsOf(raw) });
    raw.setNoDelay(true);
    raw.setKeepAlive(true, (options.keepAliveSeconds ?? 30) * 1000);
    const countOff = this.scope.count('socket');
    raw.once('close', countOff);
    this.scope.add(() => this.#destroy());
    raw.on('error', (error) => this.#report(endingOfError(error), error));
    raw.on('close', () => {
      this.#report('local');
      // What hangs on a line that the peer or the network has ended is its owner's to end: a client may still take in
      // the last bytes of a download.
      if (this.#ending) this.scope.close();
    });
    this.#listen(raw);
  }

  get tls(): TlsFacts | undefined {
    return this.#tlsFacts;
  }

  /** The TLS socket below, for session tickets and certificates; undefined in clear. */
  get tlsSocket(): TLSSocket | undefined {
    return this.#line === this.#raw ? undefined : (this.#line as TLSSocket);
  }

  /** Bytes written and not yet taken by the kernel. */
  get unsentBytes(): number {
    return this.#line.writableLength + (this.#line === this.#raw ? 0 : this.#raw.writableLength);
  }

  get ended(): boolean {
    return this.#ended;
  }

  #listen(line: Socket): void {
    line.on('data', this.#onData);
    line.on('end', this.#onEnd);
    // A peer that ends the line right behind its handshake was heard before anyone listened.
    if (line.readableEnded) this.#onEnd();
  }

  readonly #onData = (chunk: Buffer): void => {
    if (!this.#ended) this.#handlers.bytes(chunk);
  };

  readonly #onEnd = (): void => {
    this.#report(this.#closeNotify?.received ? 'close-notify' : 'fin');
  };

  #report(ending: LineEnding, error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#handlers.ended(this.#ending ? 'local' : ending, error);
  }

  write(bytes: Uint8Array): void {
    if (bytes.length > 0 && !this.#ending && this.#line.writable) this.#line.write(bytes);
  }

  /** Stops reading: at AUTH, before the 234 is written, and to bound what a client may queue. */
  pause(): void {
    this.#paused = true;
    this.#line.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#line.resume();
  }

  /**
   * Goes over to TLS. `wrap` makes the TLS socket around the raw one; bytes that came in clear and were not handed to
   * anyone become its first input. Resolves when the handshake is done; rejects with the error of TLS or of `wrap`, or
   * with a plain Error when the line ends or `timeoutMs` pass, and the line is then dead.
   */
  startTls(
    wrap: (raw: Socket) => TLSSocket,
    timeoutMs: number,
    secureEvent: 'secure' | 'secureConnect',
  ): Promise<TlsFacts> {
    const raw = this.#raw;
    raw.off('data', this.#onData);
    raw.off('end', this.#onEnd);
    return new Promise((resolve, reject) => {
      const fail = (error: Error, ending: LineEnding): void => {
        deadline.stop();
        reject(error);
        this.#report(ending, error);
        this.scope.close();
      };
      const onEarlyEnd = (): void => fail(new Error('The connection ended during the TLS handshake.'), 'fin');
      const deadline = startDeadline(this.scope, timeoutMs, () =>
        fail(new Error(`The TLS handshake was not done within ${timeoutMs / 1000} s.`), 'timeout'),
      );
      // An end that came before, or that lies in the raw socket behind other bytes, is one that TLS would never find.
      if (this.#ended || raw.readableEnded) {
        onEarlyEnd();
        return;
      }
      raw.once('end', onEarlyEnd);
      let tls: TLSSocket;
      let isDone = false;
      const leg = this.#isClearable ? new ClearableLeg(raw) : undefined;
      try {
        // The types ask for a socket, and Node takes any Duplex.
        tls = wrap((leg as unknown as Socket | undefined) ?? raw);
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)), 'error');
        return;
      }
      this.#line = tls;
      this.#leg = leg;
      this.#closeNotify = leg === undefined ? watchCloseNotify(tls, raw) : watchCloseNotifyAbove(tls, leg);
      tls.once('close', onEarlyEnd);
      tls.once('end', onEarlyEnd);
      tls.on('error', (error: NodeJS.ErrnoException) => {
        if (!isDone) fail(error, endingOfError(error));
        else this.#report(endingOfError(error), error);
      });
      tls.once(secureEvent, () => {
        isDone = true;
        deadline.stop();
        raw.off('end', onEarlyEnd);
        tls.off('close', onEarlyEnd);
        tls.off('end', onEarlyEnd);
        this.#takeUp(tls, resolve);
      });
    });
  }

  /** TLS is established. The owner is told before the first byte or the end of the line comes under it. */
  #takeUp(tls: TLSSocket, tellOwner: (facts: TlsFacts) => void): void {
    const facts = tlsFactsOf(tls);
    this.#tlsFacts = facts;
    this.#paused = false;
    if (facts.protocol === 'TLSv1.3') this.#leg?.output.holdTickets();
    tls.on('close', () => {
      if (this.#line === tls) this.#report('local');
    });
    // Not from here: this is inside OpenSSL, and an owner that ends the line at once would free it under our feet.
    setImmediate(() => {
      this.#leg?.output.ticketsSent();
      tellOwner(facts);
      setImmediate(() => this.#listen(tls));
    });
  }

  /** Whether `clearTls` is possible now. */
  get canClearTls(): boolean {
    return this.#leg !== undefined;
  }

  /**
   * Takes TLS off again and goes on in clear: what was written goes out under TLS, then close_notify. Resolves when clear
   * text may be written. The peer's bytes in clear are heard behind its own close_notify, or without one; payload under
   * TLS that still comes is an error that ends the line.
   */
  clearTls(): Promise<void> {
    const [leg, tls, raw] = [this.#leg, this.tlsSocket, this.#raw];
    if (leg === undefined || tls === undefined) return Promise.reject(new Error('TLS cannot be taken off this line.'));
    this.#leg = undefined;
    tls.off('data', this.#onData);
    tls.off('end', this.#onEnd);
    tls.on('data', () => this.#report('error', new Error('payload under TLS came where TLS had ended')));
    return new Promise((resolve) => {
      let left = 2;
      const release = (): void => {
        left -= 1;
        if (left === 0) tls.destroy();
      };
      const sent = (): void => {
        this.#line = raw;
        this.#tlsFacts = undefined;
        release();
        resolve();
      };
      leg.takeOff(tls, sent, (rest) => {
        if (rest.length > 0) raw.unshift(rest);
        this.#closeNotify = undefined;
        this.#listen(raw);
        release();
      });
    });
  }

  /** What is written from now on may wait for {@link end}, which must follow in the same turn. */
  beforeLastWrite(): void {
    // A handshake that is under way must go on for the last reply to come under TLS.
    if (this.#tlsFacts !== undefined) this.#leg?.output.holdForEnd();
  }

  /**
   * Orderly end: what was written goes out, close_notify under TLS, then FIN. The socket is closed when the peer has
   * ended its half as well, and after a bounded wait in any case.
   */
  end(): void {
    if (this.#ending || this.scope.closed) return;
    this.#ending = true;
    const line = this.#line;
    const closeWhenBothEnded = (): void => {
      if (line.writableFinished && line.readableEnded) this.scope.close();
    };
    line.end(closeWhenBothEnded);
    line.once('end', closeWhenBothEnded);
    // Input is read and dropped: closing with unread input makes the kernel reset the line and lose the last reply.
    line.resume();
    startDeadline(this.scope, this.#lingerMs, () => this.scope.close());
  }

  /** Ends the line with RST. */
  reset(): void {
    this.#ending = true;
    resetSocket(this.#raw, this.#line);
    this.scope.close();
  }

  #destroy(): void {
    this.#line.destroy();
    this.#raw.destroy();
    this.#report('local');
  }
}
