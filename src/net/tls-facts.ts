/** What is known of an established TLS connection, for replies, logs and traces. */

import type { TLSSocket } from 'node:tls';

export interface TlsFacts {
  /** `TLSv1.2` or `TLSv1.3`. */
  readonly protocol: string;
  readonly cipher: string;
  /** True when an earlier TLS session was resumed. */
  readonly resumed: boolean;
}

export function tlsFactsOf(socket: TLSSocket): TlsFacts {
  // On resumed connections getCipher() can be empty until the first record; the protocol is always known.
  const cipher = socket.getCipher() as { name?: string; standardName?: string } | undefined;
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    cipher: cipher?.standardName ?? cipher?.name ?? 'unknown',
    resumed: socket.isSessionReused(),
  };
}
