/**
 * The relay of a note: the lab stands between client and server, sees every line, paces the data, and breaks the control
 * line without any privilege. A client comes to it by its address, or takes it as a SOCKS 5 proxy for both lines.
 */

import { resetSocket } from '../../net/index.ts';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { within } from '../../peer/index.ts';
import type { Between, BetweenOptions, FaultKind } from './between.ts';
import type { LineKind } from './observed-line.ts';
import { RelayedLine } from './relayed-line.ts';
import { answerSocks, readSocksTarget } from './socks-greeting.ts';

const loopback = '127.0.0.1';

export class NoteRelay implements Between {
  /** A client that knows no proxy takes its data lines past the relay. */
  readonly seesAll = false;
  readonly packets = [];
  readonly lines: RelayedLine[] = [];
  readonly #options: BetweenOptions;
  readonly #listeners: Server[] = [];
  readonly #sockets = new Set<Socket>();
  #isPaced = true;
  #controlPort = 0;
  #socksPort = 0;

  private constructor(options: BetweenOptions) {
    this.#options = options;
  }

  static async start(options: BetweenOptions): Promise<NoteRelay> {
    const relay = new NoteRelay(options);
    relay.#controlPort = await relay.#listen((near) => relay.#connect(near, 'control', options.host, options.port));
    relay.#socksPort = await relay.#listen((near) => relay.#socks(near));
    return relay;
  }

  /** Where a client that knows nothing of proxies reaches the control line. */
  get address(): { readonly host: string; readonly port: number } {
    return { host: loopback, port: this.#controlPort };
  }

  /** For clients that take both lines through a proxy. */
  get proxyUrl(): string {
    return `socks5h://${loopback}:${this.#socksPort}`;
  }

  /** A port here that leads to a data port of the server. */
  forward(port: number): Promise<number> {
    return this.#listen((near) => this.#connect(near, 'data', this.#options.host, port));
  }

  lineOf(kind: LineKind): RelayedLine | undefined {
    return this.lines.findLast((line) => line.kind === kind);
  }

  cut(line: LineKind, kind: FaultKind): void {
    this.lineOf(line)?.cut(kind);
  }

  /** Counts what comes from now on as "after the fault". */
  markFault(): void {
    for (const line of this.lines) line.markFault();
  }

  /** Data passes as fast as the ends are from now on. */
  release(): void {
    this.#isPaced = false;
    for (const line of this.lines) line.release();
  }

  /** Closes every port and every line. */
  async close(): Promise<void> {
    for (const line of this.lines) line.destroy();
    for (const socket of this.#sockets) socket.destroy();
    const closed = this.#listeners.filter((listener) => listener.listening).map((listener) => once(listener, 'close'));
    for (const listener of this.#listeners) listener.close();
    await Promise.all(closed);
  }

  async #listen(accept: (near: Socket) => Promise<void>): Promise<number> {
    const listener = createServer({ allowHalfOpen: true }, (near) => {
      this.#keep(near);
      accept(near).catch(() => resetSocket(near, near));
    });
    this.#listeners.push(listener);
    listener.listen(0, loopback);
    await once(listener, 'listening');
    return (listener.address() as AddressInfo).port;
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
  }

  async #socks(near: Socket): Promise<void> {
    const { host, port } = await readSocksTarget(near);
    const kind = port === this.#options.port ? 'control' : 'data';
    try {
      await this.#connect(near, kind, host, port, () => answerSocks(near, true));
    } catch (error) {
      answerSocks(near, false);
      near.end();
      throw error;
    }
  }

  async #connect(near: Socket, kind: LineKind, host: string, port: number, ready?: () => void): Promise<void> {
    const far = connect({ host, port, allowHalfOpen: true });
    this.#keep(far);
    await within(once(far, 'connect'), 'the server', this.#options.connectMs);
    ready?.();
    const pace = kind === 'data' && this.#isPaced ? this.#options.bytesPerSecond : undefined;
    const line = new RelayedLine(kind, { client: near, server: far }, pace, this.#options);
    this.lines.push(line);
    this.#options.opened(line);
  }
}
