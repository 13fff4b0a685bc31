/** What the kernel tells of a connection in `struct tcp_info` (linux/tcp.h); older kernels tell less of it. */

import type { TcpDetails } from '../table/tcp-socket.ts';

/** Up to `tcpi_total_retrans`, which every kernel has that knows sock_diag. */
const leastBytes = 104;

/** Undefined where it is too short to be one. Fields that this kernel does not have are absent. */
export function parseTcpInfo(bytes: Uint8Array, isLittleEndian: boolean): TcpDetails | undefined {
  if (bytes.length < leastBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = (at: number): number => view.getUint32(at, isLittleEndian);
  const count = (at: number): number => Number(view.getBigUint64(at, isLittleEndian));
  return {
    retransmitTimeoutMs: word(8) / 1000,
    unacknowledgedSegments: word(24),
    lostSegments: word(32),
    lastSentMs: word(44),
    lastReceivedMs: word(52),
    lastAckMs: word(56),
    pathMtu: word(60),
    rttMs: word(68) / 1000,
    rttVarianceMs: word(72) / 1000,
    congestionWindow: word(80),
    totalRetransmits: word(100),
    ...(bytes.length < 136 ? {} : { bytesAcknowledged: count(120), bytesReceived: count(128) }),
    ...(bytes.length < 152 ? {} : { notSentBytes: word(144), leastRttMs: word(148) / 1000 }),
    ...(bytes.length < 168 ? {} : { deliveryBytesPerSecond: count(160) }),
    ...(bytes.length < 208 ? {} : { bytesSent: count(200) }),
  };
}
