/** Which protocol a session runs over, and the way to the same host over the other one. */

import { connect, isIPv6 } from 'node:net';
import { once } from 'node:events';
import { within } from '../../peer/index.ts';
import type { LabSession } from './lab-session.ts';
import type { ServerLab } from './server-lab.ts';

/** The number of the address family (RFC 2428 section 2) of the control line. */
export function familyOf(session: LabSession): 1 | 2 {
  return isIPv6(session.remoteHost) ? 2 : 1;
}

/** Skips the case where the control line, whatever name it was made by, is of the other family. */
export function needFamily(lab: ServerLab, session: LabSession, family: 1 | 2): void {
  if (familyOf(session) !== family) lab.skip(`the server is reached over IPv${family === 1 ? 6 : 4}`);
}

export function isLoopback(host: string): boolean {
  return host === '::1' || host.startsWith('127.');
}

/** The address of the same host in the other family; known of this machine alone. */
export function otherFamilyHost(session: LabSession): string | undefined {
  if (!isLoopback(session.remoteHost)) return undefined;
  return familyOf(session) === 1 ? '::1' : '127.0.0.1';
}

/** Whether somebody takes a TCP connection there; it is closed at once. */
export async function takesConnection(lab: ServerLab, host: string, port: number): Promise<boolean> {
  const raw = connect({ host, port });
  try {
    await within(once(raw, 'connect'), 'a connection', lab.timeouts.promptMs);
    return true;
  } catch {
    return false;
  } finally {
    raw.destroy();
  }
}
