/**
 * One TCP connection with or without TLS on it, for either side of a test: it writes any bytes, ends in any way, and
 * records how the peer ended it. It shares nothing with the code under test.
 */

import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect as tlsConnect, TLSSocket, type ConnectionOptions, type SecureContext } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultWaitMs, within } from './deadline.ts';
import { LineEndedError, type LineEnding } from './line-ending.ts';
import { tellKeys, tellLine } from './peer-news.ts';
import { TlsLeg } from './tls-leg.ts';
import { Tls13Records } from './tls13-records.ts';
import { UnreadBytes } from './unread-bytes.ts';

export interface ServerTlsOptions {
  readonly secureContext: SecureContext;
  readonly requestCert?: boolean;
}

/** Hears what passes on a line, as payload: inside TLS where there is TLS. */
export interface LineObserver {
  sent?(bytes: Uint8Array): void;
  received?(bytes: Uint8Array): void;
  secured?(tls: TLSSocket): void;
  /** Once, with the first thing that the peer did to end the line, or `none` where it was closed here. */
  ended?(how: LineEnding['how']): void;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const empty = Buffer.alloc(0);

export class WatchedLine {
  readonly raw: Socket;
  /** TLS sessions that the server has given on this line, oldest first. */
  readonly sessions: Buffer[] = [];
  /** Resolves when the peer has ended the line by FIN or RST, or when it was closed here. */
  readonly ended: Promise<LineEnding>;
  /** The error of the TLS layer, if there was one. */
  tlsError: Error | undefined;
  /** Bytes of payload that have arrived, kept or not. */
  receivedBytes = 0;

  #tls: TLSSocket | undefined;
  #leg: TlsLeg | undefined;
  #pieceBytes = Infinity;
  readonly #unread = new UnreadBytes();
  #keep = true;
  #paused = false;
  #over = false;
  #watchers = new Set<() => void>();
  #ending: Mutable<LineEnding> = { how: 'none' };
  #resolveEnded: (ending: LineEnding) => void;
  readonly #onPlainData = (chunk: Buffer) => this.#arrived(chunk);
  readonly #observer: LineObserver;
  #endTold = false;

  /** `raw` must have been made with `allowHalfOpen: true`. */
  constructor(raw: Socket, observer: LineObserver = {}) {
    this.raw = raw;
    this.#observer = observer;
    const { promise, resolve } = Promise.withResolvers<LineEnding>();
    this.ended = promise;
    this.#resolveEnded = resolve;
    raw.setNoDelay(true);
    tellLine(raw);
    raw.on('data', this.#onPlainData);
    raw.on('end', () => {
      this.#ending.finAtMs = performance.now();
      if (this.#leg === undefined) this.#finish('fin');
      else void this.#passFinOn(this.#leg);
    });
    raw.on('error', (error: NodeJS.ErrnoException) => {
      this.#ending.resetAtMs = performance.now();
      if (error.code !== undefined) this.#ending.errorCode = error.code;
      this.#finish('reset');
      this.#tls?.destroy();
    });
    raw.on('close', () => this.#finish('none'));
  }

  /** The TLS layer, once it has been started. */
  get tls(): TLSSocket | undefined {
    return this.#tls;
  }

  /** How the peer has ended the line so far. */
  get ending(): LineEnding {
    return this.#ending;
  }

  /** Starts TLS as the client. Rejects with the error of the handshake. */
  async startTls(options: ConnectionOptions = {}, timeoutMs: number = defaultWaitMs): Promise<TLSSocket> {
    const leg = this.#makeLeg();
    const tls = tlsConnect({ rejectUnauthorized: false, ...options, socket: leg });
    return this.#secure(tls, 'secureConnect', timeoutMs);
  }

  /** Starts TLS as the server; bytes that came already are the beginning of it. */
  async startServerTls(options: ServerTlsOptions, timeoutMs: number = defaultWaitMs): Promise<TLSSocket> {
    // The parameter asks for a net.Socket, and Node takes any Duplex.
    const leg = this.#makeLeg() as unknown as Socket;
    const tls = new TLSSocket(leg, { isServer: true, rejectUnauthorized: false, ...options });
    return this.#secure(tls, 'secure', timeoutMs);
  }

  /**
   * Starts TLS 1.3 as a server that says nothing by itself behind the handshake, not even tickets: what it sends is forged
   * record by record and written with {@link writeRaw}. The context must offer `forgedSuite` alone.
   */
  async startForgedTls(options: ServerTlsOptions, timeoutMs: number = defaultWaitMs): Promise<Tls13Records> {
    const leg = this.#makeLeg();
    leg.muteBehindHandshake();
    const tls = new TLSSocket(leg, { isServer: true, rejectUnauthorized: false, ...options });
    const secret = new Promise<Buffer>((resolve) => {
      tls.on('keylog', (line: Buffer) => {
        const [, hex] = /^SERVER_TRAFFIC_SECRET_0 \S+ (\S+)/.exec(line.toString()) ?? [];
        if (hex !== undefined) resolve(Buffer.from(hex, 'hex'));
      });
    });
    await this.#secure(tls, 'secure', timeoutMs);
    return new Tls13Records(await within(secret, 'the secret of the line', timeoutMs));
  }

  #makeLeg(): TlsLeg {
    if (this.#leg !== undefined) throw new Error('TLS has been started on this line.');
    this.raw.off('data', this.#onPlainData);
    this.#leg = new TlsLeg(this.raw, this.#unread.take());
    this.#leg.sendInPiecesOf(this.#pieceBytes);
    return this.#leg;
  }

  async #secure(tls: TLSSocket, event: 'secure' | 'secureConnect', timeoutMs: number): Promise<TLSSocket> {
    this.#tls = tls;
    tellKeys(tls);
    tls.on('session', (session: Buffer) => this.sessions.push(session));
    tls.on('data', (chunk: Buffer) => this.#arrived(chunk));
    tls.on('end', () => {
      if (this.#ending.how !== 'fin') {
        this.#ending.how = 'close-notify';
        this.#ending.closeNotifyAtMs = performance.now();
        this.#tellEnd();
      }
      this.#wake();
    });
    tls.on('error', (error) => (this.tlsError ??= error));
    if (this.#paused) tls.pause();
    const secured = once(tls, event);
    const lost = this.ended.then((ending) => {
      throw this.tlsError ?? new LineEndedError('the TLS handshake was done', ending, empty);
    });
    await within(Promise.race([secured, lost]), 'the TLS handshake', timeoutMs);
    this.#observer.secured?.(tls);
    return tls;
  }

  /** Hands the withheld FIN to the TLS layer once that layer has taken everything that came before it. */
  async #passFinOn(leg: TlsLeg): Promise<void> {
    while (!this.#over && (leg.readableLength > 0 || (this.#tls?.readableLength ?? 0) > 0)) await sleep(1);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    if (this.#ending.how === 'none') this.#ending.how = 'fin';
    leg.giveFin();
    this.#finish('fin');
  }

  #finish(how: LineEnding['how']): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#ending.how === 'none') this.#ending.how = how;
    this.#tellEnd();
    this.#resolveEnded(this.#ending);
    this.#wake();
  }

  #tellEnd(): void {
    if (this.#endTold) return;
    this.#endTold = true;
    this.#observer.ended?.(this.#ending.how);
  }

  #arrived(chunk: Buffer): void {
    this.receivedBytes += chunk.length;
    this.#observer.received?.(chunk);
    if (this.#keep) this.#unread.put(chunk);
    if (this.#unread.overflow !== undefined) this.destroy();
    this.#wake();
  }

  /** Bounds what the line keeps until it is taken; where more comes, the line is closed and reading it fails. Default 256 MiB. */
  keepAtMost(bytes: number): void {
    this.#unread.maxBytes = bytes;
  }

  #wake(): void {
    for (const look of this.#watchers) look();
  }

  /** What has arrived and was not taken yet. */
  unread(): Buffer {
    return this.#unread.look();
  }

  /**
   * Takes as many bytes as `measure` says, waiting until it says a number. Rejects with {@link LineEndedError} when the
   * line ends first; `what` is named in the message.
   */
  async take(measure: (unread: Buffer) => number | undefined, what: string, timeoutMs?: number): Promise<Buffer> {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    const look = () => {
      const unread = this.unread();
      const length = measure(unread);
      if (length !== undefined) resolve(this.#unread.take(length));
      else if (this.#unread.overflow !== undefined) reject(this.#unread.overflow);
      else if (this.#over || this.#ending.how === 'close-notify')
        reject(new LineEndedError(what, this.#ending, unread));
      else return;
      this.#watchers.delete(look);
    };
    this.#watchers.add(look);
    look();
    try {
      return await within(promise, what, timeoutMs);
    } finally {
      this.#watchers.delete(look);
    }
  }

  /** Reads until the peer ends the line, and gives what was not taken before. */
  async readToEnd(timeoutMs?: number): Promise<Buffer> {
    await within(Promise.race([this.ended, this.closeNotified()]), 'the end of the line', timeoutMs);
    if (this.#unread.overflow !== undefined) throw this.#unread.overflow;
    return this.#unread.take();
  }

  /** Reads until the peer ends the line, ends it likewise, and gives what was not taken before. */
  async finish(timeoutMs?: number): Promise<Buffer> {
    const bytes = await this.readToEnd(timeoutMs);
    if (this.#tls === undefined) this.fin();
    else this.closeNotifyThenFin();
    return bytes;
  }

  /** Resolves when the peer's close_notify has come; never, if none comes. */
  async closeNotified(): Promise<void> {
    if (this.#ending.how === 'close-notify') return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => {
      if (this.#ending.how !== 'close-notify') return;
      this.#watchers.delete(look);
      resolve();
    };
    this.#watchers.add(look);
    await promise;
  }

  /** Waits until at least `count` bytes of payload have arrived on the line. */
  async untilReceived(count: number, timeoutMs?: number): Promise<void> {
    await this.take(() => (this.receivedBytes >= count ? 0 : undefined), `${count} bytes had arrived`, timeoutMs);
  }

  /** From now on arriving bytes are counted and not kept. */
  discard(): void {
    this.#keep = false;
    this.#unread.clear();
  }

  /** Stops reading: the peer meets back-pressure, and neither a FIN nor a reset is noticed until {@link resume}. */
  pause(): void {
    this.#paused = true;
    (this.#tls ?? this.raw).pause();
    this.raw.pause();
  }

  resume(): void {
    this.#paused = false;
    (this.#tls ?? this.raw).resume();
    this.raw.resume();
  }

  /** Writes bytes (text as UTF-8); resolves when the kernel has them, rejects when the line is lost. */
  async write(bytes: string | Uint8Array): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#observer.sent?.(typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
    (this.#tls ?? this.raw).write(bytes, (error) => (error ? reject(error) : resolve()));
    // A TLS socket cancels what it holds when its connection goes: that is the end of the line, as any other.
    const taken = promise.catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECANCELED') throw error;
      throw new LineEndedError('everything was written', await this.ended, empty);
    });
    const lost = this.ended.then(async (ending) => {
      if (ending.how === 'reset' || this.raw.destroyed)
        throw new LineEndedError('everything was written', ending, empty);
      return taken;
    });
    await Promise.race([taken, lost]);
  }

  /** Writes bytes below TLS; resolves when the kernel has them. */
  async writeRaw(bytes: string | Uint8Array): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.raw.write(bytes, (error) => (error ? reject(error) : resolve()));
    await Promise.race([promise, this.ended.then(() => promise)]);
  }

  /** Writes chunk after chunk until they or the line end; gives the number of bytes that the kernel took. */
  async pour(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<number> {
    let poured = 0;
    try {
      for await (const chunk of chunks) {
        await this.write(chunk);
        poured += chunk.length;
      }
    } catch (error) {
      if (!this.#over) throw error;
    }
    return poured;
  }

  /** Ends a line in clear by FIN. */
  fin(): void {
    if (this.#tls !== undefined) throw new Error('On TLS say closeNotifyThenFin() or finWithoutCloseNotify().');
    this.raw.end();
  }

  /** Ends the line by RST, with nothing before it. */
  reset(): void {
    const { raw } = this;
    // While a FIN is on its way, libuv refuses a reset and the handle would never be closed.
    const finGoesOut = raw.writableEnded && !raw.writableFinished && raw.writableLength === 0;
    if (finGoesOut) raw.once('finish', () => raw.resetAndDestroy());
    else raw.resetAndDestroy();
    this.#tls?.destroy();
  }

  /** Ends a TLS line as it should be ended. */
  closeNotifyThenFin(): void {
    this.#tlsOrThrow().end();
  }

  /** Sends close_notify and leaves the TCP connection open. */
  closeNotifyOnly(): void {
    this.#leg?.holdFin();
    this.#tlsOrThrow().end();
  }

  /** Ends a TLS line by FIN alone, as a cut connection or a careless peer does. */
  finWithoutCloseNotify(): void {
    this.#tlsOrThrow();
    this.#leg?.cutOutputAfter(0);
    this.raw.end();
  }

  /** Lets only `bytes` more bytes of TLS out, so that a record can be cut in its middle. */
  cutOutputAfter(bytes: number): void {
    this.#tlsOrThrow();
    this.#leg?.cutOutputAfter(bytes);
  }

  /** Spoils the next record, so that the peer cannot decrypt it. */
  corruptNextRecord(): void {
    this.#tlsOrThrow();
    this.#leg?.corruptNext();
  }

  /** Sends TLS in segments of this many bytes, whatever the records are; before TLS begins, its handshake too. */
  sendRecordsInPiecesOf(bytes: number): void {
    this.#pieceBytes = bytes;
    this.#leg?.sendInPiecesOf(bytes);
  }

  #tlsOrThrow(): TLSSocket {
    if (this.#tls === undefined) throw new Error('There is no TLS on this line.');
    return this.#tls;
  }

  /** Closes the line here, whatever state it is in. */
  destroy(): void {
    this.#tls?.destroy();
    this.raw.destroy();
  }
}
