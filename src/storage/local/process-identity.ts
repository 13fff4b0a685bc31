/** Tells which process made an upload file, and whether that process still lives. */

import fs from 'node:fs';

/**
 * This process: its id and the moment of its start, since ids come again. Known within one process table only: servers
 * in several containers or on several machines must not share a root.
 */
export const thisProcess = `${process.pid.toString(36)}.${startTicks(process.pid) ?? '0'}`;

/** True when the process that wrote this identity runs now. */
export function isAlive(identity: string): boolean {
  const [id = '', ticks] = identity.split('.');
  const pid = Number.parseInt(id, 36);
  const now = startTicks(pid);
  if (now !== undefined) return now === ticks;
  return ticks === '0' && answersSignals(pid);
}

/** When a process started, in clock ticks since the boot, in base 36; undefined when there is none or no `/proc`. */
function startTicks(pid: number): string | undefined {
  try {
    const status = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the name of the program in parentheses and may hold anything; start time is the 22nd.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    return Number(fields[19]).toString(36);
  } catch {
    return undefined;
  }
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
