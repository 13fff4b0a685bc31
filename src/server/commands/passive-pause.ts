/** Keeps the reply to EPSV and PASV from coming before curl waits for it (docs/decisions/0005-a-passive-reply-takes-a-millisecond.md). */

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Session } from '../session.ts';

/**
 * Between EPSV on a reused session and its reply. curl 7.88 sends EPSV, looks once whether the reply is there already,
 * and if it is, sleeps for a second before it connects.
 */
const passiveReplyMs = 1;
/** The same for a client on this machine while more programs want to run than there are processors. */
const busyPassiveReplyMs = 5;

/** Whether somebody waits for a processor at this moment (Linux). */
function machineIsBusy(): boolean {
  try {
    const runnable = Number(/ (\d+)\//.exec(readFileSync('/proc/loadavg', 'latin1'))?.[1]);
    return runnable > availableParallelism();
  } catch {
    return false;
  }
}

/** Resolves when a passive reply may leave, for a command that came at `startedAt` (`performance.now()`). */
export function passivePause(session: Session, startedAt: number): Promise<void> {
  if (session.transfers === 0) return Promise.resolve();
  // A client on this machine that has just sent its command may be waiting for a processor and have looked at nothing.
  const isBusy = session.remoteHost === session.localHost && machineIsBusy();
  const leftMs = (isBusy ? busyPassiveReplyMs : passiveReplyMs) - (performance.now() - startedAt);
  if (leftMs <= 0) return Promise.resolve();
  return new Promise((resolve) => session.deadline(Math.max(leftMs, passiveReplyMs), resolve));
}
