/** Networks as settings name them: an address, or an address with the number of bits that count. */

import { ConfigError } from '../../errors/index.ts';
import { parseNormalisedAddress, serialiseIpAddress } from '../../protocol/index.ts';
import { maskAddress } from './address-key.ts';
import { NetworkTable } from './network-table.ts';

/** A network with its bits beyond the prefix at zero. */
export interface Network {
  readonly family: 4 | 6;
  readonly bytes: Uint8Array;
  readonly bits: number;
  /** `192.0.2.1`, `10.0.0.0/8`, `2001:db8::/64`. */
  readonly text: string;
}

/** Throws `ConfigError` with one sentence when `text` is neither an address nor a network. */
export function parseNetwork(text: string): Network {
  const [address = '', prefix, ...more] = text.split('/');
  const parsed = parseNormalisedAddress(address);
  const mostBits = parsed?.family === 4 ? 32 : 128;
  const bits = prefix === undefined ? mostBits : /^(?:0|[1-9]\d{0,2})$/.test(prefix) ? Number(prefix) : Infinity;
  if (parsed === undefined || address.includes('%') || more.length > 0 || bits > mostBits) {
    throw new ConfigError(
      'ERR_TWINLINE_CONFIG',
      `"${text}" is no network: write it as 192.0.2.0/24, as 2001:db8::/32, or as one address.`,
    );
  }
  const bytes = maskAddress(parsed.bytes, bits);
  const name = serialiseIpAddress({ family: parsed.family, bytes });
  return { family: parsed.family, bytes, bits, text: bits === mostBits ? name : `${name}/${bits}` };
}

/** A test whether an address lies in one of the networks. Throws `ConfigError` for what is no network. */
export function networkTest(networks: readonly string[]): (address: string) => boolean {
  const table = new NetworkTable<true>();
  for (const text of networks) table.set(parseNetwork(text), true);
  return (address) => table.find(address) !== undefined;
}
