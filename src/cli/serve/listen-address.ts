/** Addresses to listen on, as people write them: `127.0.0.1:2121`, `[::1]:2121`, `localhost:0`. */

import { isIPv4, isIPv6 } from 'node:net';

export interface HostPort {
  readonly host: string;
  /** 0 lets the kernel choose. */
  readonly port: number;
}

const hostName = /^(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*\.?$/i;

/** Parses `HOST:PORT` with IPv6 in brackets; undefined when it is not that. */
export function parseHostPort(text: string): HostPort | undefined {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const [, bracketed, bare, digits] = match;
  const port = Number(digits);
  if (port > 65_535) return undefined;
  if (bracketed !== undefined) return isIPv6(bracketed) ? { host: bracketed, port } : undefined;
  const host = bare ?? '';
  // Four numbers that are no address would otherwise be looked up as a name.
  const isAddressLike = /^[\d.]+$/.test(host);
  return isIPv4(host) || (!isAddressLike && hostName.test(host)) ? { host, port } : undefined;
}

/** The address as `parseHostPort` reads it. */
export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
