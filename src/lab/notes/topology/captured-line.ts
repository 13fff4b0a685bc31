/** One connection as the packets tell it that pass the firewall. */

import type { TcpPacket } from '../../tcp/wire/tcp-packet.ts';
import { nextSequence } from '../../tcp/wire/tcp-packet.ts';
import type { SeenLine } from '../between.ts';
import type { End, EndLeft, LineKind } from '../relayed-line.ts';
import { TlsRecordWatch } from '../tls-record-watch.ts';

interface Half {
  readonly records: TlsRecordWatch;
  /** The number behind the last byte in order that has passed; undefined before the first packet. */
  next: number | undefined;
  bytes: number;
  bytesAtFault: number | undefined;
  left: EndLeft | undefined;
}

export interface CapturedLineHooks {
  passed(line: CapturedLine, from: End, bytes: Uint8Array): void;
  left(line: CapturedLine, end: End, how: EndLeft['how']): void;
  destroy(line: CapturedLine): void;
}

const half = (): Half => ({
  records: new TlsRecordWatch(),
  next: undefined,
  bytes: 0,
  bytesAtFault: undefined,
  left: undefined,
});

export class CapturedLine implements SeenLine {
  readonly kind: LineKind;
  /** Ports and addresses as the packets at the firewall have them. */
  readonly client: TcpPacket['from'];
  readonly server: TcpPacket['to'];
  firstByteMs: number | undefined;
  /** The lab has cut it: what ends it then says nothing of the ends. */
  isCut = false;
  readonly #hooks: CapturedLineHooks;
  readonly #halves: Record<End, Half> = { client: half(), server: half() };

  constructor(kind: LineKind, { client, server }: Readonly<Record<End, TcpPacket['from']>>, hooks: CapturedLineHooks) {
    this.kind = kind;
    this.client = client;
    this.server = server;
    this.#hooks = hooks;
  }

  bytesFrom(end: End): number {
    return this.#halves[end].bytes;
  }

  bytesAfterFault(end: End): number {
    const { bytes, bytesAtFault = bytes } = this.#halves[end];
    return bytes - bytesAtFault;
  }

  left(end: End): EndLeft | undefined {
    return this.#halves[end].left;
  }

  /** What the other end takes as the next number of this one. */
  nextNumber(end: End): number {
    return this.#halves[end].next ?? 0;
  }

  get isTls(): boolean {
    return this.#halves.client.records.isTls === true;
  }

  get firstToLeave(): End | undefined {
    const [client, server] = [this.left('client')?.atMs ?? Infinity, this.left('server')?.atMs ?? Infinity];
    if (client === Infinity && server === Infinity) return undefined;
    return client < server ? 'client' : 'server';
  }

  get isOver(): boolean {
    const [client, server] = [this.left('client'), this.left('server')];
    return client?.how === 'reset' || server?.how === 'reset' || (client !== undefined && server !== undefined);
  }

  markFault(): void {
    for (const one of Object.values(this.#halves)) one.bytesAtFault = one.bytes;
  }

  destroy(): void {
    this.#hooks.destroy(this);
  }

  take(end: End, packet: TcpPacket, payload: Uint8Array, atMs: number): void {
    const one = this.#halves[end];
    if (packet.flags.has('SYN')) one.next = nextSequence(packet);
    one.next ??= packet.sequence;
    this.#takeBytes(end, one, packet, payload, atMs);
    if (this.isCut || one.left !== undefined) return;
    if (packet.flags.has('RST')) this.#leave(end, one, 'reset', atMs);
    else if (packet.flags.has('FIN')) {
      one.next = (one.next + 1) >>> 0;
      this.#leave(end, one, one.records.endsInAlert ? 'close-notify' : 'fin', atMs);
    }
  }

  /** Bytes count once: what was sent again is known by its numbers. */
  #takeBytes(end: End, one: Half, packet: TcpPacket, payload: Uint8Array, atMs: number): void {
    if (payload.length === 0 || one.next === undefined) return;
    const ahead = (packet.sequence - one.next) | 0;
    // Links of one machine lose nothing: what is ahead was read out of order by no kernel of this time.
    const fresh = ahead > 0 ? payload : payload.subarray(-ahead);
    if (fresh.length === 0) return;
    this.firstByteMs ??= atMs;
    one.bytes += fresh.length;
    one.next = (packet.sequence + payload.length) >>> 0;
    if (this.kind === 'data') one.records.take(fresh);
    this.#hooks.passed(this, end, fresh);
  }

  #leave(end: End, one: Half, how: EndLeft['how'], atMs: number): void {
    one.left = { how, atMs };
    this.#hooks.left(this, end, how);
  }
}
