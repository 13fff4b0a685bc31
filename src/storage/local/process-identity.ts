/** Tells which process made an upload file, whether it still lives, and whether the machine has restarted since. */

import fs from 'node:fs';

/** What the kernel calls the time since the machine was started; `0` where it does not tell. */
const boot = bootIdentity();

/**
 * This process: its id, the moment of its start, since ids come again, and the boot that both count from. Known within
 * one process table only: servers in several containers or on several machines must not share a root.
 */
export const thisProcess = `${process.pid.toString(36)}.${startTicks(process.pid) ?? '0'}.${boot}`;

/** True when the machine is known not to have restarted since: what that process wrote is on disk or in memory. */
export function isOfThisBoot(identity: string): boolean {
  return boot !== '0' && identity.split('.')[2] === boot;
}

/** True when the process that wrote this identity runs now. */
export function isAlive(identity: string): boolean {
  const [id = '', ticks, itsBoot] = identity.split('.');
  if (itsBoot !== boot) return false;
  const pid = Number.parseInt(id, 36);
  const now = startTicks(pid);
  if (now !== undefined) return now === ticks;
  return ticks === '0' && answersSignals(pid);
}

function bootIdentity(): string {
  try {
    return fs.readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8);
  } catch {
    return '0';
  }
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
