/** One connection through the relay of the lab: bytes are passed on and counted, and how each end leaves is written down. */

import { resetSocket } from '../../net/index.ts';
import type { Socket } from 'node:net';
import type { BetweenHooks, SeenLine } from './between.ts';
import { TlsRecordWatch } from './tls-record-watch.ts';

export type End = 'client' | 'server';
export type LineKind = 'control' | 'data';

/** How one end left the line, as it was seen between the two. Times are `performance.now()`. */
export interface EndLeft {
  readonly how: 'close-notify' | 'fin' | 'reset';
  readonly atMs: number;
}

type LineHooks = Pick<BetweenHooks, 'passed' | 'left'>;

/** What the line may hold for a slow end after it was released, in bytes. */
const maxHeldBytes = 64 * 1024 * 1024;

interface EndState {
  readonly socket: Socket;
  readonly records: TlsRecordWatch;
  bytes: number;
  bytesAtFault: number | undefined;
  left: EndLeft | undefined;
}

export class RelayedLine implements SeenLine {
  readonly kind: LineKind;
  readonly openedMs = performance.now();
  /** When the lab itself ended the line. */
  cutMs: number | undefined;
  /** When the first byte passed. */
  firstByteMs: number | undefined;
  readonly #ends: Record<End, EndState>;
  readonly #hooks: LineHooks;
  /** Bytes a second in both directions together; undefined: as fast as the ends are. */
  #bytesPerSecond: number | undefined;
  #paidUntilMs = 0;
  #isReleased = false;
  readonly #waits = new Map<NodeJS.Timeout, () => void>();

  /** Both sockets are connected, made with `allowHalfOpen`, and nobody has read of them. */
  constructor(
    kind: LineKind,
    sockets: Readonly<Record<End, Socket>>,
    bytesPerSecond: number | undefined,
    hooks: LineHooks,
  ) {
    this.kind = kind;
    this.#hooks = hooks;
    this.#bytesPerSecond = bytesPerSecond;
    const stateOf = (socket: Socket): EndState => ({
      socket,
      records: new TlsRecordWatch(),
      bytes: 0,
      bytesAtFault: undefined,
      left: undefined,
    });
    this.#ends = { client: stateOf(sockets.client), server: stateOf(sockets.server) };
    this.#join('client', 'server');
    this.#join('server', 'client');
  }

  bytesFrom(end: End): number {
    return this.#ends[end].bytes;
  }

  /** Bytes that came from an end after the fault was marked. */
  bytesAfterFault(end: End): number {
    const { bytes, bytesAtFault = bytes } = this.#ends[end];
    return bytes - bytesAtFault;
  }

  left(end: End): EndLeft | undefined {
    return this.#ends[end].left;
  }

  get isTls(): boolean {
    return this.#ends.client.records.isTls === true;
  }

  /** The end that left first, if one has. */
  get firstToLeave(): End | undefined {
    const [client, server] = [this.left('client')?.atMs ?? Infinity, this.left('server')?.atMs ?? Infinity];
    if (client === Infinity && server === Infinity) return undefined;
    return client < server ? 'client' : 'server';
  }

  /** One end has reset the line, or both have ended their halves. */
  get isOver(): boolean {
    const [client, server] = [this.left('client'), this.left('server')];
    return client?.how === 'reset' || server?.how === 'reset' || (client !== undefined && server !== undefined);
  }

  markFault(): void {
    for (const state of Object.values(this.#ends)) state.bytesAtFault = state.bytes;
  }

  /** Takes bytes as fast as each end gives them, also where the other is slow: what an end does then is its own choice. */
  release(): void {
    this.#bytesPerSecond = undefined;
    this.#isReleased = true;
    for (const { socket } of Object.values(this.#ends)) socket.resume();
    for (const [timer, go] of this.#waits) {
      clearTimeout(timer);
      go();
    }
    this.#waits.clear();
  }

  /** Ends the line towards both ends, by RST or by FIN, and passes nothing on any more. */
  cut(how: 'reset' | 'fin'): void {
    this.cutMs = performance.now();
    for (const { socket } of Object.values(this.#ends)) {
      if (how === 'reset') resetSocket(socket, socket);
      else socket.end();
    }
  }

  destroy(): void {
    this.release();
    for (const { socket } of Object.values(this.#ends)) socket.destroy();
  }

  #join(from: End, to: End): void {
    const [near, far] = [this.#ends[from], this.#ends[to]];
    const { socket } = near;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#pass(from, near, far.socket, chunk));
    socket.on('end', () => {
      this.#leave(from, near, near.records.endsInAlert ? 'close-notify' : 'fin');
      if (this.cutMs === undefined) far.socket.end();
    });
    socket.on('error', () => {
      if (this.cutMs === undefined) this.#leave(from, near, 'reset');
    });
    socket.on('close', () => {
      if (this.cutMs === undefined && near.left?.how === 'reset') resetSocket(far.socket, far.socket);
    });
  }

  #pass(from: End, near: EndState, far: Socket, chunk: Buffer): void {
    this.firstByteMs ??= performance.now();
    near.bytes += chunk.length;
    if (this.kind === 'data') near.records.take(chunk);
    this.#hooks.passed(this, from, chunk);
    if (this.cutMs !== undefined) return;
    const isTaken = far.write(chunk) || (this.#isReleased && far.writableLength < maxHeldBytes);
    const waitMs = this.#pay(chunk.length);
    if (isTaken && waitMs === 0) return;
    near.socket.pause();
    const resume = (): void => {
      if (!far.writableNeedDrain) near.socket.resume();
      else far.once('drain', () => near.socket.resume());
    };
    if (waitMs === 0) resume();
    else this.#after(waitMs, resume);
  }

  #after(waitMs: number, go: () => void): void {
    const timer = setTimeout(() => {
      this.#waits.delete(timer);
      go();
    }, waitMs);
    this.#waits.set(timer, go);
  }

  /** How long to wait for these bytes, in milliseconds. */
  #pay(bytes: number): number {
    if (this.#bytesPerSecond === undefined) return 0;
    const now = performance.now();
    this.#paidUntilMs = Math.max(this.#paidUntilMs, now) + (bytes / this.#bytesPerSecond) * 1000;
    return Math.max(0, this.#paidUntilMs - now);
  }

  #leave(end: End, state: EndState, how: EndLeft['how']): void {
    if (state.left !== undefined) {
      // A FIN with a reset behind it stays a FIN, and the other end is to feel the reset all the same.
      if (how === 'reset') {
        const { socket } = this.#ends[end === 'client' ? 'server' : 'client'];
        resetSocket(socket, socket);
      }
      return;
    }
    state.left = { how, atMs: performance.now() };
    this.#hooks.left(this, end, how);
  }
}
