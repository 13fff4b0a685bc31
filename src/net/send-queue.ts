/** How many sent bytes the peer's kernel has not taken yet: tells a slow reader from a dead one (Linux). */

import { readFile } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import { parseIpAddress } from '../protocol/index.ts';

/** `address:port` as the kernel's socket table prints it: 32-bit words of the address in host byte order, hexadecimal. */
function tableKey(host: string, port: number): string | undefined {
  const address = parseIpAddress(host.replace(/%.*$/, ''));
  if (address === undefined) return undefined;
  let text = '';
  for (let word = 0; word < address.bytes.length; word += 4) {
    for (let i = 3; i >= 0; i -= 1) text += (address.bytes[word + i] as number).toString(16).padStart(2, '0');
  }
  return `${text}:${port.toString(16).padStart(4, '0')}`.toUpperCase();
}

/** Value of the `tr` column where the timer of window probes runs: the peer has closed its window. */
const probeTimer = '04';
/** Probes without an answer from which on the peer may be gone. */
const manyProbes = 2;

/** What the kernel knows of sent bytes. */
export interface SendQueue {
  /** Bytes that the peer has not acknowledged. */
  readonly bytes: number;
  /** The peer takes nothing now, and its kernel answers when it is asked. */
  readonly windowIsClosed: boolean;
}

/**
 * The send queue of the TCP connection between two addresses; undefined where the system does not tell. It reads the
 * whole socket table, so it is for rare questions.
 */
export async function sendQueueOf(
  local: { readonly host: string; readonly port: number },
  remote: { readonly host: string; readonly port: number },
): Promise<SendQueue | undefined> {
  const [from, to] = [tableKey(local.host, local.port), tableKey(remote.host, remote.port)];
  if (from === undefined || to === undefined) return undefined;
  try {
    const table = await readFile(isIPv4(local.host) ? '/proc/self/net/tcp' : '/proc/self/net/tcp6', 'latin1');
    const at = table.indexOf(` ${from} ${to} `);
    if (at === -1) return undefined;
    // From here: state, tx_queue:rx_queue, tr:tm->when, retrnsmt, uid, timeout (the count of unanswered probes).
    const end = table.indexOf('\n', at);
    const [, queues = '', timer = '', , , probes = ''] = table
      .slice(at + from.length + to.length + 3, end === -1 ? undefined : end)
      .split(/ +/);
    const bytes = Number.parseInt(queues, 16);
    if (Number.isNaN(bytes)) return undefined;
    return { bytes, windowIsClosed: timer.startsWith(`${probeTimer}:`) && Number(probes) < manyProbes };
  } catch {
    return undefined;
  }
}

/** Only the bytes of {@link sendQueueOf}. */
export async function sendQueueBytes(
  local: { readonly host: string; readonly port: number },
  remote: { readonly host: string; readonly port: number },
): Promise<number | undefined> {
  return (await sendQueueOf(local, remote))?.bytes;
}
