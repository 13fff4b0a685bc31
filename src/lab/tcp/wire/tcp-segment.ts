/** TCP headers as bytes (RFC 9293 section 3.1): what is forged, and what is read of captured segments. */

import type { IpAddress } from '../../../protocol/index.ts';
import { internetChecksum, pseudoHeaderSum } from './internet-checksum.ts';

/** The flags that the lab sets and reads, from the lowest bit on; ECE and CWR are left alone. */
export const tcpFlagNames = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG'] as const;

export type TcpFlag = (typeof tcpFlagNames)[number];

/** A segment without its payload. Numbers of sequence are those of the wire, modulo 2^32. */
export interface TcpHeader {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  /** Means something with ACK alone. */
  readonly acknowledgement: number;
  readonly flags: ReadonlySet<TcpFlag>;
  /** As it stands in the header: the scale is agreed on in the handshake. */
  readonly window: number;
}

/** A header that was read, and where its payload begins. */
export interface ParsedTcpHeader extends TcpHeader {
  readonly headerBytes: number;
}

const leastHeaderBytes = 20;

/** A segment with neither options nor payload, its checksum made for these addresses. */
export function serialiseTcpHeader(header: TcpHeader, source: IpAddress, destination: IpAddress): Uint8Array {
  const bytes = new Uint8Array(leastHeaderBytes);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, header.sourcePort);
  view.setUint16(2, header.destinationPort);
  view.setUint32(4, header.sequence);
  view.setUint32(8, header.acknowledgement);
  view.setUint8(12, (leastHeaderBytes / 4) << 4);
  view.setUint8(13, flagBits(header.flags));
  view.setUint16(14, header.window);
  view.setUint16(16, internetChecksum(bytes, pseudoHeaderSum(source, destination, bytes.length)));
  return bytes;
}

/** Reads the header at the beginning of `bytes`, which may be cut behind it. Undefined where that is no whole header. */
export function parseTcpHeader(bytes: Uint8Array): ParsedTcpHeader | undefined {
  if (bytes.length < leastHeaderBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const headerBytes = (view.getUint8(12) >> 4) * 4;
  if (headerBytes < leastHeaderBytes || headerBytes > bytes.length) return undefined;
  return {
    sourcePort: view.getUint16(0),
    destinationPort: view.getUint16(2),
    sequence: view.getUint32(4),
    acknowledgement: view.getUint32(8),
    flags: flagsOf(view.getUint8(13)),
    window: view.getUint16(14),
    headerBytes,
  };
}

function flagBits(flags: ReadonlySet<TcpFlag>): number {
  return tcpFlagNames.reduce((bits, name, index) => bits | (flags.has(name) ? 1 << index : 0), 0);
}

function flagsOf(bits: number): ReadonlySet<TcpFlag> {
  return new Set(tcpFlagNames.filter((_name, index) => (bits & (1 << index)) !== 0));
}

/** A number of sequence that much further on. */
export function sequenceBehind(sequence: number, bytes: number): number {
  return (sequence + bytes) >>> 0;
}
