/** Sends packets of IP as they are, header and all: the sender's address may be anybody's. Needs CAP_NET_RAW. */

import { parseIpAddress } from '../../../protocol/index.ts';
import { serialiseTcpPacket, type TcpPacket } from '../wire/tcp-packet.ts';
import { isLittleEndian, libc, linux } from './libc.ts';

/** IPPROTO_RAW: the header is ours, over both versions of IP. */
const headerIncluded = 255;

/** Opened in the network namespace in which the thread is at the time. */
export class RawSender implements Disposable {
  readonly #descriptor: number;
  readonly #interfaceIndex: number;

  /** `interfaceIndex` tells which link a link-local address is of; 0 for all others. */
  constructor(family: 4 | 6, interfaceIndex: number) {
    const { family: families, type } = linux;
    this.#interfaceIndex = interfaceIndex;
    this.#descriptor = libc().socket(
      family === 4 ? families.ipv4 : families.ipv6,
      type.raw | type.closeOnExec,
      headerIncluded,
    );
  }

  send(packet: Omit<TcpPacket, 'payloadBytes'>): void {
    libc().send(this.#descriptor, serialiseTcpPacket(packet), this.#addressOf(packet.to.host));
  }

  /** `struct sockaddr_in` or `sockaddr_in6`; the port is in the packet. */
  #addressOf(host: string): Uint8Array {
    const address = parseIpAddress(host);
    if (address === undefined) throw new TypeError(`${host} is no address.`);
    const bytes = new Uint8Array(address.family === 4 ? 16 : 28);
    const view = new DataView(bytes.buffer);
    view.setUint16(0, address.family === 4 ? linux.family.ipv4 : linux.family.ipv6, isLittleEndian);
    bytes.set(address.bytes, address.family === 4 ? 4 : 8);
    if (address.family === 6) view.setUint32(24, isLinkLocal(address.bytes) ? this.#interfaceIndex : 0, isLittleEndian);
    return bytes;
  }

  [Symbol.dispose](): void {
    libc().close(this.#descriptor);
  }
}

function isLinkLocal(bytes: Uint8Array): boolean {
  return bytes[0] === 0xfe && ((bytes[1] ?? 0) & 0xc0) === 0x80;
}
