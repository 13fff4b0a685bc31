/** The key under which one client counts: an IPv4 address, or the network that an IPv6 client has to itself. */

import { parseNormalisedAddress, serialiseIpAddress } from '../../protocol/index.ts';

/** The first `bits` bits of an address, the others zero. */
export function maskAddress(bytes: Uint8Array, bits: number): Uint8Array {
  return bytes.map((byte, index) => {
    const kept = Math.min(8, Math.max(0, bits - index * 8));
    return byte & (0xff << (8 - kept)) & 0xff;
  });
}

/**
 * `192.0.2.1` stays as it is; `2001:db8::1` becomes `2001:db8::/64`, because whoever has one such address has them all.
 * A text that is no address is its own key.
 */
export function addressKey(address: string, ipv6PrefixBits: number): string {
  const parsed = parseNormalisedAddress(address);
  if (parsed === undefined) return address;
  if (parsed.family === 4 || ipv6PrefixBits >= 128) return serialiseIpAddress(parsed);
  return `${serialiseIpAddress({ family: 6, bytes: maskAddress(parsed.bytes, ipv6PrefixBits) })}/${ipv6PrefixBits}`;
}
