/** Whole TCP packets over IPv4 (RFC 791) and IPv6 (RFC 8200), without a link layer: as raw sockets take and cooked packet sockets give them. */

import { type IpAddress, parseIpAddress, serialiseIpAddress } from '../../../protocol/index.ts';
import type { SocketAddress } from '../../../net/index.ts';
import { internetChecksum } from './internet-checksum.ts';
import { parseTcpHeader, sequenceBehind, serialiseTcpHeader, type TcpFlag, tcpFlagNames } from './tcp-segment.ts';

/** One TCP packet as it is told to people. */
export interface TcpPacket {
  readonly from: SocketAddress;
  readonly to: SocketAddress;
  readonly flags: ReadonlySet<TcpFlag>;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly window: number;
  /** Bytes behind the header; a packet that is built has none. */
  readonly payloadBytes: number;
}

const tcpProtocol = 6;
const ipv4HeaderBytes = 20;
const ipv6HeaderBytes = 40;
const hopLimit = 64;
const fragmentHeader = 44;

/** Extension headers of IPv6 that have their length in the second byte, in units of eight behind the first eight. */
const skippedExtensions: ReadonlySet<number> = new Set([0, 43, 60, 135]);

/** Extension headers that are followed; no real packet has more. */
const maxExtensionHeaders = 8;

/** A packet without options and payload. Throws `TypeError` where the ends are no addresses of one family. */
export function serialiseTcpPacket(packet: Omit<TcpPacket, 'payloadBytes'>): Uint8Array {
  const source = parseIpAddress(packet.from.host);
  const destination = parseIpAddress(packet.to.host);
  if (source === undefined || source.family !== destination?.family) {
    throw new TypeError(`No packet goes from ${packet.from.host} to ${packet.to.host}.`);
  }
  const { sequence, acknowledgement, flags, window } = packet;
  const ports = { sourcePort: packet.from.port, destinationPort: packet.to.port };
  const segment = serialiseTcpHeader({ ...ports, sequence, acknowledgement, flags, window }, source, destination);
  const header = source.family === 4 ? ipv4Header(segment.length) : ipv6Header(segment.length);
  const addressesAt = source.family === 4 ? 12 : 8;
  header.set(source.bytes, addressesAt);
  header.set(destination.bytes, addressesAt + source.bytes.length);
  if (source.family === 4) new DataView(header.buffer).setUint16(10, internetChecksum(header));
  const whole = new Uint8Array(header.length + segment.length);
  whole.set(header);
  whole.set(segment, header.length);
  return whole;
}

function ipv4Header(payloadBytes: number): Uint8Array {
  const header = new Uint8Array(ipv4HeaderBytes);
  const view = new DataView(header.buffer);
  view.setUint8(0, 0x45);
  view.setUint16(2, ipv4HeaderBytes + payloadBytes);
  // "Don't fragment": so small a packet needs no identification (RFC 6864 section 4.1).
  view.setUint16(6, 0x4000);
  view.setUint8(8, hopLimit);
  view.setUint8(9, tcpProtocol);
  return header;
}

function ipv6Header(payloadBytes: number): Uint8Array {
  const header = new Uint8Array(ipv6HeaderBytes);
  const view = new DataView(header.buffer);
  view.setUint8(0, 0x60);
  view.setUint16(4, payloadBytes);
  view.setUint8(6, tcpProtocol);
  view.setUint8(7, hopLimit);
  return header;
}

/** Where a packet of IP holds its TCP segment. */
interface SegmentPlace {
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly start: number;
  /** Header and payload, as the header of IP tells it. */
  readonly segmentBytes: number;
}

/**
 * Reads a packet of IP whose payload may be cut off. Undefined for whatever is no TCP, for fragments, and for what is
 * not a packet at all.
 */
export function parseTcpPacket(bytes: Uint8Array): TcpPacket | undefined {
  const version = (bytes[0] ?? 0) >> 4;
  const place = version === 4 ? placeInIpv4(bytes) : version === 6 ? placeInIpv6(bytes) : undefined;
  if (place === undefined) return undefined;
  const header = parseTcpHeader(bytes.subarray(place.start));
  if (header === undefined || header.headerBytes > place.segmentBytes) return undefined;
  return {
    from: { host: serialiseIpAddress(place.source), port: header.sourcePort },
    to: { host: serialiseIpAddress(place.destination), port: header.destinationPort },
    flags: header.flags,
    sequence: header.sequence,
    acknowledgement: header.acknowledgement,
    window: header.window,
    payloadBytes: place.segmentBytes - header.headerBytes,
  };
}

function placeInIpv4(bytes: Uint8Array): SegmentPlace | undefined {
  if (bytes.length < ipv4HeaderBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = (view.getUint8(0) & 0xf) * 4;
  const isPart = (view.getUint16(6) & 0x3fff) !== 0;
  if (start < ipv4HeaderBytes || isPart || view.getUint8(9) !== tcpProtocol) return undefined;
  return {
    source: { family: 4, bytes: bytes.slice(12, 16) },
    destination: { family: 4, bytes: bytes.slice(16, 20) },
    start,
    segmentBytes: view.getUint16(2) - start,
  };
}

function placeInIpv6(bytes: Uint8Array): SegmentPlace | undefined {
  if (bytes.length < ipv6HeaderBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let next = view.getUint8(6);
  let start = ipv6HeaderBytes;
  for (let count = 0; skippedExtensions.has(next) && count < maxExtensionHeaders; count += 1) {
    if (start + 8 > bytes.length) return undefined;
    next = view.getUint8(start);
    start += (view.getUint8(start + 1) + 1) * 8;
  }
  if (next === fragmentHeader || next !== tcpProtocol) return undefined;
  return {
    source: { family: 6, bytes: bytes.slice(8, 24) },
    destination: { family: 6, bytes: bytes.slice(24, 40) },
    start,
    segmentBytes: ipv6HeaderBytes + view.getUint16(4) - start,
  };
}

/** The number that the receiver of this packet expects next, once it has it. */
export function nextSequence({ sequence, payloadBytes, flags }: TcpPacket): number {
  return sequenceBehind(sequence, payloadBytes + (flags.has('SYN') ? 1 : 0) + (flags.has('FIN') ? 1 : 0));
}

/** `RST,ACK seq 1 ack 2 from 10.0.0.1:20 to [2001:db8::1]:21`: flags, numbers, ends. */
export function packetText(packet: Omit<TcpPacket, 'payloadBytes'> & { readonly payloadBytes?: number }): string {
  const flags = tcpFlagNames.filter((name) => packet.flags.has(name)).join(',') || 'none';
  const ack = packet.flags.has('ACK') ? ` ack ${packet.acknowledgement}` : '';
  const payload =
    packet.payloadBytes === undefined || packet.payloadBytes === 0 ? '' : `, ${packet.payloadBytes} bytes`;
  return `${flags} seq ${packet.sequence}${ack}${payload} from ${endText(packet.from)} to ${endText(packet.to)}`;
}

/** `127.0.0.1:21` or `[::1]:21`. */
export function endText({ host, port }: SocketAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
