/** What the kernel still knows of a connection: the only witness of a RST that comes behind a FIN. */

import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Resolves when the kernel has dropped the client's end of a loopback connection whose peer has sent FIN and whose own half
 * is still open: nothing but a RST does that. Resolves with false after `timeoutMs`, or where there is no socket table.
 */
export async function resetBehindFin(local: number, remote: number, timeoutMs = 5000): Promise<boolean> {
  const port = (number: number): string => `:${number.toString(16).toUpperCase().padStart(4, '0')}`;
  const entry = new RegExp(`^ *\\d+: [0-9A-F]{8}${port(local)} [0-9A-F]{8}${port(remote)} `, 'm');
  const until = performance.now() + timeoutMs;
  while (performance.now() < until) {
    const table = await readFile('/proc/self/net/tcp', 'latin1').catch(() => undefined);
    if (table === undefined) return false;
    if (!entry.test(table)) return true;
    await sleep(1);
  }
  return false;
}

/** The two ports of a connected socket, this end's first. */
export function portsOf(socket: Socket): readonly [local: number, remote: number] {
  return [socket.localPort ?? 0, socket.remotePort ?? 0];
}
