/** The client of the session fuzzer: does what a script says on real sockets, reads every reply, and never complains. */

import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import {
  type ParsedReply,
  parseEpsvReplyText,
  parsePassiveReply,
  ReplyParser,
  TelnetFilter,
} from '../../../src/protocol/index.ts';
import type { SessionStep } from './script.ts';

const ignore = (): void => undefined;
/** How long the client gives the server before it goes on, in milliseconds. */
const patienceMs = 25;

export class FuzzClient {
  readonly replies: ParsedReply[] = [];
  /** What could not be read as replies. */
  parseError: unknown;
  /** We have reset the control line, and replies may be lost. */
  gaveUp = false;
  #raw: Socket;
  #control: Socket;
  #parser = new ReplyParser();
  #telnet = new TelnetFilter();
  #data: Socket | undefined;
  #dataPort = 0;
  #closed = false;
  readonly #sockets: Socket[] = [];
  #listener: Server | undefined;

  private constructor(raw: Socket) {
    this.#raw = raw;
    this.#control = raw;
    this.#sockets.push(raw);
    raw.on('close', () => {
      this.#closed = true;
    });
    this.#listen(raw);
  }

  static async connect(port: number): Promise<FuzzClient> {
    const raw = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    raw.setNoDelay(true);
    const client = new FuzzClient(raw);
    await once(raw, 'connect');
    return client;
  }

  #listen(line: Socket): void {
    line.on('error', ignore);
    line.on('data', (chunk: Buffer) => this.#read(chunk));
    // A server that has ended its half wants ours.
    line.on('end', () => line.end());
  }

  #read(chunk: Buffer): void {
    if (this.parseError !== undefined) return;
    try {
      this.#parser.push(this.#telnet.push(chunk));
      for (let reply = this.#parser.next(); reply !== undefined; reply = this.#parser.next()) this.#hear(reply);
    } catch (error) {
      this.parseError = error;
    }
  }

  #hear(reply: ParsedReply): void {
    this.replies.push(reply);
    const text = reply.lines.at(-1) ?? '';
    if (reply.code === 229) this.#dataPort = parseEpsvReplyText(text) ?? 0;
    if (reply.code === 227) this.#dataPort = parsePassiveReply(text)?.port ?? 0;
  }

  /** Waits until `count` replies are there, or the line is closed, or the patience is over. */
  async hears(count: number, timeoutMs = 2000): Promise<void> {
    const until = performance.now() + timeoutMs;
    while (this.replies.length < count && !this.#closed && performance.now() < until) await sleep(1);
  }

  get closed(): boolean {
    return this.#closed;
  }

  send(bytes: Uint8Array | string): void {
    if (this.#control.writable) this.#control.write(bytes);
  }

  /** TLS on the control line; what is behind the handshake is read as replies again. */
  async startTls(): Promise<void> {
    if (this.#closed || this.#control !== this.#raw) return;
    this.#raw.removeAllListeners('data');
    const tls = connectTls({ socket: this.#raw, rejectUnauthorized: false, allowHalfOpen: true } as object);
    this.#control = tls;
    this.#parser = new ReplyParser();
    this.#telnet = new TelnetFilter();
    this.#listen(tls);
    await Promise.race([once(tls, 'secureConnect').catch(ignore), once(tls, 'close').catch(ignore), sleep(1000)]);
  }

  async #authTls(): Promise<void> {
    if (this.#control !== this.#raw) return;
    const before = this.replies.length;
    this.send('AUTH TLS\r\n');
    await this.hears(before + 1, 300);
    if (this.replies.at(-1)?.code === 234) await this.startTls();
  }

  #useData(data: Socket): void {
    data.on('error', ignore);
    data.on('data', ignore);
    this.#data = data;
    this.#sockets.push(data);
  }

  async #connectData(): Promise<void> {
    await this.#pause();
    if (this.#dataPort === 0) return;
    const data = connect({ host: '127.0.0.1', port: this.#dataPort, allowHalfOpen: true });
    this.#useData(data);
    await Promise.race([once(data, 'connect').catch(ignore), sleep(200)]);
  }

  async #offerActive(): Promise<void> {
    this.#listener?.close();
    const listener = createServer({ allowHalfOpen: true }, (socket) => this.#useData(socket));
    this.#listener = listener;
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const address = listener.address();
    this.send(`EPRT |1|127.0.0.1|${typeof address === 'object' ? (address?.port ?? 0) : 0}|\r\n`);
  }

  #startDataTls(): void {
    if (this.#data === undefined || this.#data.destroyed || 'encrypted' in this.#data) return;
    const session = 'getSession' in this.#control ? (this.#control as TLSSocket).getSession() : undefined;
    const tls = connectTls({ socket: this.#data, rejectUnauthorized: false, ...(session && { session }) });
    this.#useData(tls);
  }

  /** Until replies stop coming. */
  async #pause(): Promise<void> {
    for (let heard = -1; heard !== this.replies.length;) {
      heard = this.replies.length;
      await sleep(patienceMs);
    }
  }

  async perform(step: SessionStep): Promise<void> {
    switch (step.do) {
      case 'begin':
        return;
      case 'send':
        this.send(step.bytes);
        return;
      case 'data':
        if (this.#data?.writable === true) this.#data.write(step.bytes);
        return;
      case 'await':
        return this.#pause();
      case 'connect':
        return this.#connectData();
      case 'active':
        return this.#offerActive();
      case 'data-tls':
        this.#startDataTls();
        return;
      case 'data-fin':
        this.#data?.end();
        return;
      case 'data-reset':
        this.#data?.destroy();
        return;
      case 'tls':
        return this.#authTls();
      case 'fin':
        this.#control.end();
        return;
      case 'reset':
        this.gaveUp = true;
        this.#raw.resetAndDestroy();
        return;
    }
  }

  /** Waits for the server to close the control line; false when it does not within `timeoutMs`. */
  async ends(timeoutMs: number): Promise<boolean> {
    const until = performance.now() + timeoutMs;
    while (!this.#closed && performance.now() < until) await sleep(2);
    return this.#closed;
  }

  destroy(): void {
    this.#listener?.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#control.destroy();
  }
}
