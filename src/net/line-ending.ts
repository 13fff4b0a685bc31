/** How a line (control or data) ended, as far as this end can see, and the watcher that tells close_notify from a bare FIN. */

import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { getSystemErrorName } from 'node:util';

/**
 * How the peer, the network or we ended a line:
 * `close-notify`: the peer's TLS said that it is complete (RFC 8446 section 6.1); `fin`: the peer's TCP ended, and
 * under TLS that is a truncation; `reset`: RST; `timeout`: TCP gave up (keepalive or retransmission); `local`: we ended
 * it; `error`: anything else, for example a TLS alert.
 */
export type LineEnding = 'close-notify' | 'fin' | 'reset' | 'timeout' | 'local' | 'error';

/** The ending that a socket error stands for. */
export function endingOfError(error: NodeJS.ErrnoException): LineEnding {
  switch (error.code) {
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ECONNABORTED':
      return 'reset';
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'timeout';
    default:
      return 'error';
  }
}

interface ReadableHandle {
  reading?: boolean;
  readStart(): number;
  readStop(): number;
}

/**
 * Whether the end that TLS has just reported is a close_notify (and not the end of TCP), asked inside the report.
 *
 * Node gives the same end of stream for both. What differs is the TCP handle below: libuv stops reading a stream whose
 * end it has met, and goes on reading one on which TLS itself met the close_notify record. `readStart` tells: it
 * answers EALREADY where reading goes on, and 0 where it had stopped. A handle that our own back-pressure has
 * stopped cannot have met the end of TCP. See docs/decisions/0004-close-notify-without-a-duplex.md.
 */
function endIsCloseNotify(tls: TLSSocket, raw: Socket): boolean {
  const tlsHandle = (tls as unknown as { _handle?: ReadableHandle | null })._handle;
  const rawHandle = (raw as unknown as { _handle?: ReadableHandle | null })._handle;
  if (rawHandle === null || rawHandle === undefined) return false;
  if (tlsHandle?.reading === false) return true;
  const started = rawHandle.readStart();
  if (started === 0) rawHandle.readStop();
  return started < 0 && getSystemErrorName(started) === 'EALREADY';
}

/**
 * Watches a TLS socket that wraps `raw` directly. The result tells, once the TLS socket has met its end of input,
 * whether a close_notify came.
 */
export function watchCloseNotify(tls: TLSSocket, raw: Socket): { readonly received: boolean } {
  const seen = { received: false };
  const push = tls.push.bind(tls);
  let ended = false;
  tls.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    if (chunk === null && !ended) {
      ended = true;
      seen.received = endIsCloseNotify(tls, raw);
    }
    return push(chunk, encoding);
  };
  return seen;
}
