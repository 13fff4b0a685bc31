/** The argument of HOST (RFC 7151 section 3.1). */

import { isIpv4, isIpv6, normaliseAddress } from './address/ip-address.ts';

/** A host as a client names it: `name` in lower case, or an address in its normal form. */
export type NamedHost =
  { readonly kind: 'name'; readonly name: string } | { readonly kind: 'address'; readonly address: string };

/** RFC 1035 section 2.3.4, without the root. */
const maxHostChars = 253;
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Undefined for what is neither a host name of A-labels nor an address; a port is not part of either. */
export function parseHost(argument: string): NamedHost | undefined {
  const bracketed = /^\[([^\]]*)\]$/.exec(argument)?.[1];
  if (bracketed !== undefined) return isIpv6(bracketed) ? addressOf(bracketed) : undefined;
  if (isIpv4(argument)) return addressOf(argument);
  const name = argument.toLowerCase();
  const labels = name.split('.');
  // A last label of digits alone is a mistaken address.
  if (name.length > maxHostChars || /^\d+$/.test(labels.at(-1) ?? '')) return undefined;
  return labels.every((part) => label.test(part)) ? { kind: 'name', name } : undefined;
}

function addressOf(text: string): NamedHost | undefined {
  const address = normaliseAddress(text);
  return address === undefined ? undefined : { kind: 'address', address };
}
