/** The checksum of IP, TCP and UDP (RFC 1071), and the sum over the pseudo-header that TCP adds (RFC 9293 section 3.1, RFC 8200 section 8.1). */

import type { IpAddress } from '../../../protocol/index.ts';

/** The ones' complement sum of the 16-bit words, an odd last byte counted as the high one; `start` goes on with an earlier sum. */
export function onesSum(bytes: Uint8Array, start = 0): number {
  let sum = start;
  for (let at = 0; at < bytes.length; at += 2) {
    sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    // Folded at once: nothing that a packet may hold can then leave the safe integers.
    if (sum > 0xffff) sum = (sum & 0xffff) + 1;
  }
  return sum;
}

/** What stands in the checksum field of bytes in which that field is zero. */
export function internetChecksum(bytes: Uint8Array, start = 0): number {
  return ~onesSum(bytes, start) & 0xffff;
}

const tcpProtocol = 6;

/** The sum over the pseudo-header of a TCP segment of so many bytes, header included. */
export function pseudoHeaderSum(source: IpAddress, destination: IpAddress, segmentBytes: number): number {
  const lengthAndProtocol = Uint8Array.of(
    ...[segmentBytes >>> 24, segmentBytes >>> 16, segmentBytes >>> 8, segmentBytes],
    ...[0, tcpProtocol],
  );
  return onesSum(lengthAndProtocol, onesSum(destination.bytes, onesSum(source.bytes)));
}
