/** Sees a RST that comes behind a FIN, which a socket reports only to those who write to it. */

import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

interface TcpHandle {
  /** 0, or the number of an error: a connection that was reset has no peer any more (ENOTCONN). */
  getpeername(out: object): number;
}

/** Resolves with true when the peer resets a connection of which it has ended its own half, with false after `timeoutMs`. */
export async function resetBehindFin(raw: Socket, timeoutMs = 5000): Promise<boolean> {
  const { _handle: handle } = raw as unknown as { _handle: TcpHandle | null };
  const until = performance.now() + timeoutMs;
  while (performance.now() < until) {
    if (handle === null || handle.getpeername({}) !== 0) return true;
    await nextTurn();
  }
  return false;
}
