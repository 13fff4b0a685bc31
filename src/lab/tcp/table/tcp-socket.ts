/** One TCP socket of this machine as the kernel shows it. */

import type { SocketAddress } from '../../../net/index.ts';
import type { TcpState } from './tcp-state.ts';

export type TimerKind = 'off' | 'retransmit' | 'keepalive' | 'time-wait' | 'probe';

/** What sock_diag tells beyond /proc. Times in milliseconds, sizes in bytes. */
export interface TcpDetails {
  readonly rttMs: number;
  readonly rttVarianceMs: number;
  readonly leastRttMs?: number;
  readonly retransmitTimeoutMs: number;
  /** Since the connection was made. */
  readonly totalRetransmits: number;
  readonly unacknowledgedSegments: number;
  readonly lostSegments: number;
  readonly congestionWindow: number;
  readonly pathMtu: number;
  /** Since data were last sent, received, acknowledged. */
  readonly lastSentMs: number;
  readonly lastReceivedMs: number;
  readonly lastAckMs: number;
  readonly bytesSent?: number;
  readonly bytesAcknowledged?: number;
  readonly bytesReceived?: number;
  readonly notSentBytes?: number;
  readonly deliveryBytesPerSecond?: number;
  readonly congestionControl?: string;
  readonly receiveMemory?: number;
  readonly receiveMemoryLimit?: number;
  readonly sendMemory?: number;
  readonly sendMemoryLimit?: number;
}

export interface TcpSocket {
  /** 2 for IPv4, 10 for IPv6, which also carries IPv4 under mapped addresses. */
  readonly family: 2 | 10;
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  readonly state: TcpState;
  readonly timer: { readonly kind: TimerKind; readonly expiresMs: number };
  /** Of what is waited for now. */
  readonly retransmits: number;
  /** Of a listener: connections that wait to be accepted, and how many may. */
  readonly backlog?: { readonly waiting: number; readonly limit: number };
  /** Bytes that have arrived and were not read. */
  readonly receiveQueue: number;
  /** Bytes that the other end has not acknowledged. */
  readonly sendQueue: number;
  readonly uid: number;
  /** 0 where no process holds it any more. */
  readonly inode: number;
  /** The interface that the socket is bound to; 0 for none. */
  readonly interfaceIndex: number;
  /** Tells a socket from a later one with the same addresses; sock_diag alone knows it. */
  readonly cookie?: bigint;
  readonly details?: TcpDetails;
}
