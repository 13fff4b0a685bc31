/** A line of a client that costs as little as possible: a socket, TLS on it if asked for, and every way to cut it off. */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { within } from '../../src/testing/index.ts';
import type { Way } from './storm-plan.ts';

export type Ending = 'fin' | 'reset' | 'local';

export class LineLost extends Error {}

/** One line. What arrives is counted; it is kept as text where `keep` says so (control lines). */
export class LightLine {
  readonly raw: Socket;
  /** Resolves when the line is closed, with what closed it. */
  readonly ended: Promise<Ending>;
  receivedBytes = 0;
  /** What was received and not taken yet, one character a byte. */
  text = '';
  /** The newest TLS session that the server gave. */
  session: Buffer | undefined;
  readonly #keep: boolean;
  #line: Socket;
  #ending: Ending | undefined;
  #cut = false;
  readonly #watchers = new Set<() => void>();
  readonly #resolveEnded: (ending: Ending) => void;

  constructor(raw: Socket, keep = false) {
    const { promise, resolve } = Promise.withResolvers<Ending>();
    this.raw = raw;
    this.ended = promise;
    this.#resolveEnded = resolve;
    this.#keep = keep;
    this.#line = raw;
    raw.setNoDelay(true);
    raw.on('error', this.#onError);
    raw.on('close', () => this.#settle(this.#cut ? 'local' : 'fin'));
    this.#listen(raw);
  }

  static async connect(port: number, keep = false): Promise<LightLine> {
    const raw = connect({ host: '127.0.0.1', port });
    const line = new LightLine(raw, keep);
    await once(raw, 'connect');
    return line;
  }

  get open(): boolean {
    return this.#ending === undefined;
  }

  #listen(line: Socket): void {
    line.on('data', this.#onData);
    line.on('end', () => {
      this.#ending ??= 'fin';
      this.#wake();
    });
  }

  readonly #onData = (chunk: Buffer): void => {
    this.receivedBytes += chunk.length;
    if (this.#keep) this.text += chunk.toString('latin1');
    this.#wake();
  };

  readonly #onError = (error: NodeJS.ErrnoException): void => {
    if (error.code === 'ECONNRESET' || error.code === 'EPIPE') this.#ending ??= 'reset';
  };

  #settle(ending: Ending): void {
    this.#ending ??= ending;
    this.#resolveEnded(this.#ending);
    this.#wake();
  }

  #wake(): void {
    for (const look of this.#watchers) look();
  }

  /** Resolves when `condition` holds; rejects with `LineLost` when the line ends before, or after 20 s. */
  async until(condition: () => boolean, what: string): Promise<void> {
    if (condition()) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = (): void => {
      if (condition()) resolve();
      else if (!this.open) reject(new LineLost(`the line ended (${this.#ending}) before ${what}`));
    };
    this.#watchers.add(look);
    look();
    try {
      await within(promise, what, 20_000);
    } finally {
      this.#watchers.delete(look);
    }
  }

  /** Takes the next whole reply and gives its last line. */
  async reply(): Promise<string> {
    const whole = /^(?:[^]*?\r\n)??(\d{3} [^\r]*)\r\n/;
    await this.until(() => whole.test(this.text), 'a reply came');
    const match = whole.exec(this.text) as RegExpExecArray;
    this.text = this.text.slice(match[0].length);
    return match[1] ?? '';
  }

  async command(text: string): Promise<string> {
    this.write(`${text}\r\n`);
    return this.reply();
  }

  async expect(code: number, text: string): Promise<string> {
    const reply = await this.command(text);
    if (!reply.startsWith(String(code))) throw new Error(`${text}: ${reply}, and not ${code}`);
    return reply;
  }

  async startTls(options: ConnectionOptions): Promise<void> {
    this.raw.off('data', this.#onData);
    const tls = connectTls({ ...options, socket: this.raw, rejectUnauthorized: false });
    this.#line = tls;
    tls.on('error', this.#onError);
    tls.on('session', (session: Buffer) => (this.session = session));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    tls.once('secureConnect', () => {
      this.#listen(tls);
      resolve();
    });
    void this.ended.then(() => reject(new LineLost('the line ended in the TLS handshake')));
    tls.once('close', () => this.#settle(this.#cut ? 'local' : 'fin'));
    await promise;
  }

  write(bytes: string | Uint8Array): void {
    if (this.#line.writable) this.#line.write(bytes);
  }

  /** Resolves when the bytes are with the kernel or the line is lost. */
  async writeAll(bytes: Uint8Array): Promise<void> {
    const stepBytes = 65_536;
    for (let at = 0; at < bytes.length && this.open && this.#line.writable; at += stepBytes) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#line.write(bytes.subarray(at, at + stepBytes), () => resolve());
      await Promise.race([promise, this.ended]);
    }
  }

  /** Says that everything was sent: close_notify under TLS, then FIN. */
  finish(): void {
    // Node drops the close_notify of a line that is ended in the turn of its handshake.
    setImmediate(() => this.#line.end());
  }

  /** Cuts the line; resolves when our part in that is done. */
  async cut(way: Way, silenceMs = 0): Promise<void> {
    switch (way) {
      case 'rst':
        this.reset();
        return;
      case 'fin':
        this.raw.end();
        return;
      case 'close-notify':
        this.#line.end();
        return;
      case 'silence':
        this.silence();
        await sleep(silenceMs);
        this.reset();
    }
  }

  silence(): void {
    this.#line.pause();
    this.raw.pause();
  }

  /** Ends the line at once; TLS goes with the socket below it, because freeing it from inside OpenSSL ends the process. */
  reset(): void {
    this.#cut = true;
    const isEnding = [this.#line, this.raw].some((socket) => socket.writableEnded && !socket.writableFinished);
    // libuv refuses a reset while a shutdown is under way, and the descriptor is then lost.
    if (isEnding) this.raw.destroy();
    else if (!this.raw.destroyed) this.raw.resetAndDestroy();
    this.#settle('local');
  }
}

/** The first message of a TLS handshake, for lines that are cut in the middle of it. */
export async function clientHelloBytes(): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const sink = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      resolve(chunk);
      done();
    },
  });
  const tls = connectTls({ socket: sink, rejectUnauthorized: false });
  tls.on('error', () => undefined);
  const hello = await promise;
  tls.destroy();
  return hello;
}
