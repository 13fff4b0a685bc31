/** The server under test, as the user named it, and the bounds of every wait. */

import type { SecureVersion } from 'node:tls';

export interface ServerTarget {
  /** Name or address. */
  readonly host: string;
  readonly port: number;
  readonly security: 'explicit' | 'implicit' | 'plain';
  readonly user: string;
  readonly password: string;
  /** A file to download, at least 1 MiB, where nothing may be uploaded. */
  readonly file?: string;
  /** An address of this machine that the server can reach, other than the one it sees: for connections of a third party. */
  readonly secondAddress?: string;
  /** Bytes that the user may store, where a case may fill them. */
  readonly quotaBytes?: number;
  readonly minTls?: SecureVersion;
  readonly maxTls?: SecureVersion;
}

/** How long the lab waits, in milliseconds. */
export interface LabTimeouts {
  readonly connectMs: number;
  readonly tlsMs: number;
  /** Any reply. */
  readonly replyMs: number;
  /** Something that should follow at once: a line to be closed, a port to be freed. */
  readonly promptMs: number;
  /** Within this a server should have given up something that makes no progress: a handshake, a login. */
  readonly patienceMs: number;
  /** The shortest time that a session may be idle before a server ends it (RFC 1123 section 4.1.3.2). */
  readonly idleMs: number;
}

export const defaultTimeouts: LabTimeouts = {
  connectMs: 5_000,
  tlsMs: 5_000,
  replyMs: 8_000,
  promptMs: 3_000,
  patienceMs: 60_000,
  idleMs: 300_000,
};
