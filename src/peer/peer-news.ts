/** What happens on the lines of all peers of this process, for whoever keeps their packets; told only where somebody listens. */

import { channel } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

/** One end of a TCP connection, as Node names it. */
export interface LineEnds {
  readonly local: { readonly host: string; readonly port: number };
  readonly remote: { readonly host: string; readonly port: number };
}

/** Messages are `LineEnds`, once a connection stands. */
export const openedLines = channel('twinline:peer:line');

/** Messages are `Buffer`: lines of a key log in the format of NSS. */
export const tlsKeys = channel('twinline:peer:tls-keys');

export function tellLine(raw: Socket): void {
  if (!openedLines.hasSubscribers) return;
  const tell = (): void => {
    const { localAddress, localPort, remoteAddress, remotePort } = raw;
    if (localAddress === undefined || localPort === undefined) return;
    if (remoteAddress === undefined || remotePort === undefined) return;
    const local = { host: plain(localAddress), port: localPort };
    openedLines.publish({ local, remote: { host: plain(remoteAddress), port: remotePort } } satisfies LineEnds);
  };
  if (raw.connecting) raw.once('connect', tell);
  else tell();
}

export function tellKeys(tls: TLSSocket): void {
  if (tlsKeys.hasSubscribers) tls.on('keylog', (line: Buffer) => tlsKeys.publish(line));
}

/** An IPv4 peer of a listener for both families. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=[\d.]+$)/, '');
}
