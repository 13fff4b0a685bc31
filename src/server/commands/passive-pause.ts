/** Keeps the reply to EPSV and PASV from coming before curl waits for it (docs/decisions/0005-a-passive-reply-lets-the-client-go-first.md). */

import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { Session } from '../session.ts';

/**
 * Trips to the thread pool between EPSV on a reused session and its reply, a sixth of a millisecond in all. curl 7.88
 * sends EPSV, looks once whether the reply is there already, and if it is, sleeps for a second before it connects. While
 * this process waits for the pool, a client that lost its processor to it gets it back.
 */
const tripsBeforeReply = 2;

const tripToPool = promisify(randomBytes);

/** Resolves when a passive reply may leave. */
export async function passivePause(session: Session): Promise<void> {
  if (session.transfers === 0) return;
  for (let trip = 0; trip < tripsBeforeReply; trip += 1) await tripToPool(1);
}
