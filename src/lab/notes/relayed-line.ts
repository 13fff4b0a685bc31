/** One connection through the relay of the lab: bytes are passed on and counted, and how each end leaves is written down. */

import { resetSocket } from '../../net/index.ts';
import type { Socket } from 'node:net';
import type { BetweenHooks } from './between.ts';
import { type End, type EndLeft, type LineKind, ObservedLine } from './observed-line.ts';

type LineHooks = Pick<BetweenHooks, 'passed' | 'left'>;

/** What the line may hold for a slow end after it was released, in bytes. */
const maxHeldBytes = 64 * 1024 * 1024;

export class RelayedLine extends ObservedLine {
  readonly openedMs = performance.now();
  /** When the lab itself ended the line. */
  cutMs: number | undefined;
  readonly #sockets: Readonly<Record<End, Socket>>;
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
    super(kind);
    this.#sockets = sockets;
    this.#hooks = hooks;
    this.#bytesPerSecond = bytesPerSecond;
    this.#join('client', 'server');
    this.#join('server', 'client');
  }

  /** Takes bytes as fast as each end gives them, also where the other is slow: what an end does then is its own choice. */
  release(): void {
    this.#bytesPerSecond = undefined;
    this.#isReleased = true;
    for (const socket of Object.values(this.#sockets)) socket.resume();
    for (const [timer, go] of this.#waits) {
      clearTimeout(timer);
      go();
    }
    this.#waits.clear();
  }

  /** Ends the line towards both ends, by RST or by FIN, and passes nothing on any more. */
  cut(how: 'reset' | 'fin'): void {
    this.cutMs = performance.now();
    for (const socket of Object.values(this.#sockets)) {
      if (how === 'reset') resetSocket(socket, socket);
      else socket.end();
    }
  }

  destroy(): void {
    this.release();
    for (const socket of Object.values(this.#sockets)) socket.destroy();
  }

  #join(from: End, to: End): void {
    const [near, far] = [this.#sockets[from], this.#sockets[to]];
    near.setNoDelay(true);
    near.on('data', (chunk: Buffer) => this.#pass(from, near, far, chunk));
    near.on('end', () => {
      this.#leave(from, this.orderlyEnd(from));
      if (this.cutMs === undefined) far.end();
    });
    near.on('error', () => {
      if (this.cutMs === undefined) this.#leave(from, 'reset');
    });
    near.on('close', () => {
      if (this.cutMs === undefined && this.left(from)?.how === 'reset') resetSocket(far, far);
    });
  }

  #pass(from: End, near: Socket, far: Socket, chunk: Buffer): void {
    this.count(from, chunk, performance.now());
    this.#hooks.passed(this, from, chunk);
    if (this.cutMs !== undefined) return;
    const isTaken = far.write(chunk) || (this.#isReleased && far.writableLength < maxHeldBytes);
    const waitMs = this.#pay(chunk.length);
    if (isTaken && waitMs === 0) return;
    near.pause();
    const resume = (): void => {
      if (!far.writableNeedDrain) near.resume();
      else far.once('drain', () => near.resume());
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

  #leave(end: End, how: EndLeft['how']): void {
    if (this.left(end) !== undefined) {
      // A FIN with a reset behind it stays a FIN, and the other end is to feel the reset all the same.
      if (how === 'reset') {
        const socket = this.#sockets[end === 'client' ? 'server' : 'client'];
        resetSocket(socket, socket);
      }
      return;
    }
    this.setLeft(end, { how, atMs: performance.now() });
    this.#hooks.left(this, end, how);
  }
}
