/** The addresses of a host, in the order in which they are tried: families take turns (RFC 8305 section 4). */

import { lookup as lookupName } from 'node:dns/promises';
import { isIP } from 'node:net';
import { ConfigError } from '../../errors/index.ts';

export type AddressFamily = 4 | 6;

export interface HostAddress {
  readonly address: string;
  readonly family: AddressFamily;
}

/** Looks a name up. The order of what it gives counts: the family of the first one is tried first. */
export type AddressLookup = (host: string, family: AddressFamily | undefined) => Promise<readonly HostAddress[]>;

const familyNames: Readonly<Record<number, string>> = { 4: 'IPv4', 6: 'IPv6' };

/** By the resolver of the system, in its own order (RFC 6724). */
export const systemLookup: AddressLookup = async (host, family) => {
  const found = await lookupName(host, { all: true, order: 'verbatim', ...(family === undefined ? {} : { family }) });
  return found.map(({ address, family: found4or6 }) => ({ address, family: found4or6 === 6 ? 6 : 4 }));
};

/**
 * The addresses of a name, or the address that `host` is. Rejects with the error of the lookup, and with `ConfigError`
 * where an address is of another family than was asked for.
 */
export async function addressesOf(
  host: string,
  family: AddressFamily | undefined,
  lookup: AddressLookup,
): Promise<readonly HostAddress[]> {
  const literal = isIP(host);
  if (literal === 0) return inTurns(await lookup(host, family));
  if (family !== undefined && literal !== family) {
    const message = `${host} is an ${familyNames[literal]} address, and only ${familyNames[family]} is allowed.`;
    throw new ConfigError('ERR_TWINLINE_CONFIG', message);
  }
  return [{ address: host, family: literal === 6 ? 6 : 4 }];
}

/** First of one family, then of the other, and so on; the order within a family stays. */
export function inTurns(addresses: readonly HostAddress[]): readonly HostAddress[] {
  const [first] = addresses;
  const leading = addresses.filter(({ family }) => family === first?.family);
  const others = addresses.filter(({ family }) => family !== first?.family);
  const longest = Math.max(leading.length, others.length);
  return Array.from({ length: longest }, (_, index) => [leading[index], others[index]])
    .flat()
    .filter((address) => address !== undefined);
}
