/** Keeps the reply to EPSV and PASV from coming before curl waits for it (docs/decisions/0005-a-passive-reply-lets-the-client-go-first.md). */

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import type { Session } from '../session.ts';

/**
 * Trips to the thread pool between EPSV on a reused session and its reply, a third of a millisecond in all. curl 7.88
 * sends EPSV, looks once whether the reply is there already, and if it is, sleeps for a second before it connects. While
 * this process waits for the pool, a client that lost its processor to it gets it back.
 */
const tripsBeforeReply = 4;
/** The pause for a client on this machine while more programs want to run than there are processors. */
const busyPassiveReplyMs = 5;

const tripToPool = promisify(randomBytes);

/** Whether somebody waits for a processor at this moment (Linux). */
function machineIsBusy(): boolean {
  try {
    const runnable = Number(/ (\d+)\//.exec(readFileSync('/proc/loadavg', 'latin1'))?.[1]);
    return runnable > availableParallelism();
  } catch {
    return false;
  }
}

/** Resolves when a passive reply may leave. */
export async function passivePause(session: Session): Promise<void> {
  if (session.transfers === 0) return;
  // A client on this machine that has just sent its command may be waiting for a processor and have looked at nothing.
  if (session.remoteHost === session.localHost && machineIsBusy()) {
    await new Promise<void>((resolve) => session.deadline(busyPassiveReplyMs, resolve));
    return;
  }
  for (let trip = 0; trip < tripsBeforeReply; trip += 1) await tripToPool(1);
}
