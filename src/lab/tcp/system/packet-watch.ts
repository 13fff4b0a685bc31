/** Sees the packets of one connection on every interface of a network namespace, coming and going. Needs CAP_NET_RAW. */

import { setTimeout as wait } from 'node:timers/promises';
import type { SocketAddress } from '../../../net/index.ts';
import { connectionFilter } from '../wire/connection-filter.ts';
import { endText, packetText, parseTcpPacket, type TcpPacket } from '../wire/tcp-packet.ts';
import { isLittleEndian, libc } from './libc.ts';
import { openPacketSocket } from './packet-socket.ts';

const packetBytes = 2048;

/** Packets that are taken at once from a line that may be faster than we are. */
const maxDrained = 5000;

/**
 * What may wait to be read: on loopback a packet counts with up to 64 KiB, whatever of it is kept, and the usual 208 KiB would hold three.
 */
const waitingBytes = 16 * 1024 * 1024;

/** How long the watch rests where no packet is there, in milliseconds. */
const restMs = 1;

/** Opened in the network namespace in which the thread is at the time. */
export class PacketWatch implements Disposable {
  readonly #descriptor: number;
  readonly #ends: ReadonlySet<string>;
  readonly #buffer = new Uint8Array(packetBytes);
  #last = '';

  constructor(one: SocketAddress, other: SocketAddress) {
    this.#ends = new Set([`${endText(one)} ${endText(other)}`, `${endText(other)} ${endText(one)}`]);
    const filter = connectionFilter(one.port, other.port, isLittleEndian);
    this.#descriptor = openPacketSocket({ filter, waitingBytes });
  }

  /** The next packet that has come by now; loopback shows each going and coming, and it counts once. */
  next(): TcpPacket | undefined {
    for (;;) {
      const bytes = libc().receive(this.#descriptor, this.#buffer);
      if (bytes === undefined) return undefined;
      const packet = parseTcpPacket(this.#buffer.subarray(0, bytes));
      if (packet === undefined || !this.#ends.has(`${endText(packet.from)} ${endText(packet.to)}`)) continue;
      const text = packetText(packet);
      if (text === this.#last) continue;
      this.#last = text;
      return packet;
    }
  }

  /** The packets that have come by now. */
  *drain(): Generator<TcpPacket> {
    for (let count = 0; count < maxDrained; count += 1) {
      const packet = this.next();
      if (packet === undefined) return;
      yield packet;
    }
  }

  /** Forgets what has come by now. */
  clear(): void {
    for (const _packet of this.drain());
    this.#last = '';
  }

  /** The next packet that `isMeant`, or undefined where none comes in time. */
  async find(isMeant: (packet: TcpPacket) => boolean, timeoutMs: number): Promise<TcpPacket | undefined> {
    const until = performance.now() + timeoutMs;
    for (;;) {
      const packet = this.next();
      if (packet !== undefined && isMeant(packet)) return packet;
      if (performance.now() >= until) return undefined;
      if (packet === undefined) await wait(restMs);
    }
  }

  [Symbol.dispose](): void {
    libc().close(this.#descriptor);
  }
}
