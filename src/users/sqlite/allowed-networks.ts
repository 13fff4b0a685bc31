/** The networks that a user may log in from. */

import { BlockList, isIP, isIPv6 } from 'node:net';
import { ConfigError } from '../../errors/index.ts';

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}

/** The list of networks, for the check of one address. Throws `ConfigError` on what is no address and no network. */
export function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(network) ?? [];
    const maxBits = isIPv6(address) ? 128 : 32;
    if (isIP(address) === 0 || address.includes('%') || Number(bits ?? 0) > maxBits) {
      const message = `"${network}" is neither an address nor a network such as 192.0.2.0/24.`;
      throw new ConfigError('ERR_TWINLINE_CONFIG', message);
    }
    if (bits === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(bits), familyOf(address));
  }
  return list;
}

/** Whether a login from the address is allowed; without networks it is from everywhere. */
export function mayComeFrom(networks: readonly string[], address: string): boolean {
  return networks.length === 0 || blockListOf(networks).check(address, familyOf(address));
}
