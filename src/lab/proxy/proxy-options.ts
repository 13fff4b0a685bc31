/** What a proxy is told, and the bounds on what hostile peers can make of it. */

import type { MadeCertificate, PortRange } from '../../net/index.ts';
import type { FaultRule } from '../faults/parse-fault.ts';
import type { ProxyEvent } from './proxy-event.ts';
import type { UpstreamTrust } from './upstream-tls.ts';

export interface ProxyOptions {
  /** The server. */
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte, on both sides. */
  readonly isImplicit?: boolean;
  readonly listenHost: string;
  /** 0 lets the kernel choose. */
  readonly listenPort: number;
  /** TLS passes as it is, and with it everything behind it: faults about bytes and time alone are possible. */
  readonly isBlind?: boolean;
  /** Blind: data ports of the server that are listened on and passed on one to one. */
  readonly forwardPorts?: PortRange;
  /** The ports that clients are told; without it the kernel chooses. */
  readonly passivePorts?: PortRange;
  /** The address that clients are told in 227; that of the listener without it. */
  readonly announcedHost?: string;
  /** Signs the certificate that clients see; needed unless blind. */
  readonly authority?: MadeCertificate;
  readonly upstream?: UpstreamTrust;
  /** The newest TLS that clients are offered. */
  readonly maxClientTls?: 'TLSv1.2' | 'TLSv1.3';
  readonly faults?: readonly FaultRule[];
  readonly seed: number;
  readonly limits?: Partial<ProxyLimits>;
  onEvent?(event: ProxyEvent): void;
}

export interface ProxyLimits {
  /** Control connections at once. */
  readonly maxSessions: number;
  /** Data lines of one session at once. */
  readonly maxDataLines: number;
  /** Commands of one client that may wait for their replies before it is read no further. */
  readonly maxPendingCommands: number;
  /** Connecting to the server, or to a client that listens. */
  readonly connectMs: number;
  /** TLS of a control line. */
  readonly handshakeMs: number;
  /** A data port that nobody comes to, and TLS of a data line, which begins when the transfer does. */
  readonly dataMs: number;
  /** A session on none of whose lines a byte has moved. */
  readonly idleMs: number;
}

export const defaultProxyLimits: ProxyLimits = {
  maxSessions: 100,
  maxDataLines: 8,
  maxPendingCommands: 256,
  connectMs: 10_000,
  handshakeMs: 20_000,
  dataMs: 60_000,
  idleMs: 900_000,
};
