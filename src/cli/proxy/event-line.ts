/** One event of the proxy as a line for people. */

import type { ProxyEvent } from '../../lab/index.ts';
import { formatNumber } from '../display/figures.ts';

const endings: Readonly<Record<string, string>> = {
  'close-notify': 'has left with close_notify',
  fin: 'has left with FIN',
  reset: 'has reset the line',
  timeout: 'is gone: TCP gave up',
  broken: 'has sent what TLS cannot read',
};

function says(event: ProxyEvent): string {
  switch (event.kind) {
    case 'connected':
      return `${event.by} connected ${event.text}`;
    case 'text':
      return `${event.by === 'client' ? '>' : '<'} ${event.text}`;
    case 'changed':
      return `${event.by === 'client' ? '>' : '<'} ${event.text} (by the proxy)`;
    case 'bytes':
      return `${event.by === 'client' ? '⇒' : '⇐'} ${formatNumber(event.bytes)} bytes`;
    case 'tls':
      return `TLS with the ${event.by}: ${event.text}`;
    case 'ended':
      return `${event.by} ${endings[event.how] ?? event.how}`;
    case 'fault':
      return `⚡ ${event.text}`;
    case 'closed':
      return 'closed';
    default:
      return event.text;
  }
}

/** Without its line feed: `12.345 s  1 control 1  > RETR file`. */
export function eventLine(event: ProxyEvent): string {
  const time = `${(event.atMs / 1000).toFixed(3)} s`.padStart(11);
  return `${time}  session ${event.session}  ${(event.line ?? '').padEnd(9)}  ${says(event)}`;
}

/** Events that are printed with --quiet too. */
export function isLoud({ kind }: ProxyEvent): boolean {
  return kind === 'fault' || kind === 'note';
}
