/** What `kill` is told to end: one end of a connection, or both. */

import { normaliseAddress } from '../../../protocol/index.ts';
import type { SocketAddress } from '../../../net/index.ts';

/** `host` undefined: any address with this port. */
export interface EndPattern {
  readonly host: string | undefined;
  readonly port: number;
}

export type KillPattern =
  | { readonly kind: 'end'; readonly end: EndPattern }
  | { readonly kind: 'pair'; readonly local: SocketAddress; readonly remote: SocketAddress };

/**
 * Reads `192.0.2.7:21`, `[2001:db8::7]:21`, `:21` and `*:21`, and two whole ends with a hyphen between them. Undefined where
 * it is none of them.
 */
export function parseKillPattern(text: string): KillPattern | undefined {
  const [first = '', second, ...rest] = text.split('-');
  if (rest.length > 0) return undefined;
  const local = parseEnd(first);
  if (second === undefined) return local && { kind: 'end', end: local };
  const remote = parseEnd(second);
  if (local?.host === undefined || remote?.host === undefined) return undefined;
  if (local.host.includes(':') !== remote.host.includes(':')) return undefined;
  return {
    kind: 'pair',
    local: { host: local.host, port: local.port },
    remote: { host: remote.host, port: remote.port },
  };
}

function parseEnd(text: string): EndPattern | undefined {
  const [, bracketed, plain = '', digits = ''] = /^(?:\[([^\]]*)\]|([^[\]:]*)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (port < 1 || port > 65_535) return undefined;
  if (bracketed === undefined && /^\*?$/.test(plain)) return { host: undefined, port };
  const host = normaliseAddress(bracketed ?? plain);
  return host === undefined ? undefined : { host, port };
}
