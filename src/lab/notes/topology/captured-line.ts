/** One connection as the packets tell it that pass the firewall. */

import type { TcpPacket } from '../../tcp/wire/tcp-packet.ts';
import { nextSequence } from '../../tcp/wire/tcp-packet.ts';
import { type End, type EndLeft, type LineKind, ObservedLine } from '../observed-line.ts';

export interface CapturedLineHooks {
  passed(line: CapturedLine, from: End, bytes: Uint8Array): void;
  left(line: CapturedLine, end: End, how: EndLeft['how']): void;
  destroy(line: CapturedLine): void;
}

export class CapturedLine extends ObservedLine {
  /** Ports and addresses as the packets at the firewall have them. */
  readonly client: TcpPacket['from'];
  readonly server: TcpPacket['to'];
  /** The lab has cut it: what ends it then says nothing of the ends. */
  isCut = false;
  readonly #hooks: CapturedLineHooks;
  /** The number behind the last byte in order of each end that has passed; undefined before its first packet. */
  readonly #next: Record<End, number | undefined> = { client: undefined, server: undefined };

  constructor(kind: LineKind, { client, server }: Readonly<Record<End, TcpPacket['from']>>, hooks: CapturedLineHooks) {
    super(kind);
    this.client = client;
    this.server = server;
    this.#hooks = hooks;
  }

  /** What the other end takes as the next number of this one. */
  nextNumber(end: End): number {
    return this.#next[end] ?? 0;
  }

  destroy(): void {
    this.#hooks.destroy(this);
  }

  take(end: End, packet: TcpPacket, payload: Uint8Array, atMs: number): void {
    if (packet.flags.has('SYN')) this.#next[end] = nextSequence(packet);
    const next = (this.#next[end] ??= packet.sequence);
    if (payload.length > 0) this.#takeBytes(end, next, packet.sequence, payload, atMs);
    if (this.isCut || this.left(end) !== undefined) return;
    if (packet.flags.has('RST')) this.#leave(end, 'reset', atMs);
    else if (packet.flags.has('FIN')) {
      this.#next[end] = (this.nextNumber(end) + 1) >>> 0;
      this.#leave(end, this.orderlyEnd(end), atMs);
    }
  }

  /** Bytes count once: what was sent again is known by its numbers. */
  #takeBytes(end: End, next: number, sequence: number, payload: Uint8Array, atMs: number): void {
    const ahead = (sequence - next) | 0;
    // Links of one machine lose nothing: what is ahead was read out of order by no kernel of this time.
    const fresh = ahead > 0 ? payload : payload.subarray(-ahead);
    if (fresh.length === 0) return;
    // Whoever is told of the bytes may cut the line, and needs the number behind them.
    this.#next[end] = (sequence + payload.length) >>> 0;
    this.count(end, fresh, atMs);
    this.#hooks.passed(this, end, fresh);
  }

  #leave(end: End, how: EndLeft['how'], atMs: number): void {
    this.setLeft(end, { how, atMs });
    this.#hooks.left(this, end, how);
  }
}
