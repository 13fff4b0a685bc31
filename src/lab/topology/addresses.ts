/** The addresses of the hosts, from the ranges that documents are written with; private ones for hosts behind NAT. */

import type { NetworkProfile } from './profiles.ts';

export interface LinkAddresses {
  readonly host: { readonly v4: string; readonly v6: string };
  readonly firewall: { readonly v4: string; readonly v6: string };
}

export interface Addresses {
  readonly client: LinkAddresses;
  readonly server: LinkAddresses;
  /** By which the client reaches the server: under NAT the firewall's for IPv4. */
  readonly reach: { readonly v4: string; readonly v6: string };
}

/** Networks of RFC 5737, of RFC 1918 behind NAT, and of RFC 3849, which is routed in every profile. */
function link(net4: string, net6: string): LinkAddresses {
  return { host: { v4: `${net4}.2`, v6: `${net6}::2` }, firewall: { v4: `${net4}.1`, v6: `${net6}::1` } };
}

export function addressesOf({ hidden }: NetworkProfile): Addresses {
  const client = link(hidden === 'client' ? '10.0.1' : '192.0.2', '2001:db8:1');
  const server = link(hidden === 'server' ? '10.0.2' : '198.51.100', '2001:db8:2');
  const v4 = hidden === 'server' ? client.firewall.v4 : server.host.v4;
  return { client, server, reach: { v4, v6: server.host.v6 } };
}
