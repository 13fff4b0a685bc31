/** EPRT and EPSV arguments and the text of the 229 reply (RFC 2428). */

import { LocalProtocolError } from '../../errors/index.ts';
import { parseIpAddress, parseNormalisedAddress, serialiseIpAddress } from './ip-address.ts';
import { parsePort, requirePort } from './port-number.ts';

/** Address family numbers of RFC 2428 section 2: 1 is IPv4, 2 is IPv6. */
export type ExtendedFamily = 1 | 2;

/** Where EPRT asks the server to connect to. `host` is in the shortest form, `port` is 1..65535. */
export interface EprtTarget {
  readonly family: ExtendedFamily;
  readonly host: string;
  readonly port: number;
}

/** A well-formed EPRT for a network protocol that nobody here speaks: 522, not 501. */
export interface UnsupportedEprt {
  readonly family: number;
  readonly unsupported: true;
}

/** What stands behind EPSV. `protocol` is the number as sent; whether it is served is the server's business. */
export type EpsvArgument =
  { readonly kind: 'none' } | { readonly kind: 'all' } | { readonly kind: 'protocol'; readonly protocol: number };

/**
 * Parses `<d>family<d>address<d>port<d>`, strictly: `<d>` is any one character of ASCII 33..126, four times, nothing
 * behind the last; family and port are digits; the address is of the named family and has no zone. A delimiter that
 * occurs inside a field makes the argument malformed. Undefined when malformed (501).
 */
export function parseEprtArgument(argument: string): EprtTarget | UnsupportedEprt | undefined {
  const fields = splitFields(argument);
  if (!fields) return undefined;
  const family = parseNumber(fields.family);
  const port = parsePort(fields.port);
  if (family === undefined || port === undefined) return undefined;
  if (family !== 1 && family !== 2) return { family, unsupported: true };
  const address = parseIpAddress(fields.host);
  if (address?.family !== (family === 1 ? 4 : 6)) return undefined;
  return { family, host: serialiseIpAddress(address), port };
}

/**
 * Writes the argument with `|`. A zone id is dropped, and family 1 takes IPv6 that maps IPv4.
 * @throws {LocalProtocolError} `ERR_TWINLINE_ADDRESS` when `host` is not of `family` or `port` is out of range.
 */
export function serialiseEprtArgument({ family, host, port }: EprtTarget): string {
  const address = family === 1 ? parseNormalisedAddress(host) : parseIpAddress(host.replace(/%.+$/s, ''));
  if (address?.family !== (family === 1 ? 4 : 6)) {
    throw new LocalProtocolError('ERR_TWINLINE_ADDRESS', `"${host}" is not an address of family ${family}.`);
  }
  requirePort(port);
  return `|${family}|${serialiseIpAddress(address)}|${port}|`;
}

/** Parses what stands behind EPSV: nothing, `ALL` in any case, or a number. Undefined when malformed (501). */
export function parseEpsvArgument(argument: string): EpsvArgument | undefined {
  if (argument === '') return { kind: 'none' };
  if (/^all$/i.test(argument)) return { kind: 'all' };
  const protocol = parseNumber(argument);
  return protocol === undefined ? undefined : { kind: 'protocol', protocol };
}

/**
 * The text of the 229 reply for a listener on `port`.
 * @throws {LocalProtocolError} `ERR_TWINLINE_ADDRESS` when `port` is out of range.
 */
export function serialiseEpsvReplyText(port: number): string {
  requirePort(port);
  return `Entering Extended Passive Mode (|||${port}|)`;
}

/**
 * Finds the port in the text of a 229 reply: any words, then parentheses that hold exactly `<d><d><d>port<d>`.
 * Family and address may be filled in, as some servers do; they are checked for form and otherwise ignored, because
 * the data line goes to the peer of the control line (RFC 2428 section 3).
 */
export function parseEpsvReplyText(text: string): number | undefined {
  return parseEpsvReply(text)?.port;
}

/** As `parseEpsvReplyText`, with the family that a server names although the field should be empty (1 IPv4, 2 IPv6). */
export function parseEpsvReply(
  text: string,
): { readonly port: number; readonly family: number | undefined } | undefined {
  for (const [, inside = ''] of text.matchAll(/\(([^()]*)\)/g)) {
    const fields = splitFields(inside);
    if (!fields || (fields.family !== '' && parseNumber(fields.family) === undefined)) continue;
    if (fields.host !== '' && !parseNormalisedAddress(fields.host)) continue;
    const port = parsePort(fields.port);
    if (port !== undefined) return { port, family: parseNumber(fields.family) };
  }
  return undefined;
}

function splitFields(text: string): { family: string; host: string; port: string } | undefined {
  const delimiter = text.charAt(0);
  if (!/^[!-~]$/.test(delimiter)) return undefined;
  const [, family, host, port, behind, more] = text.split(delimiter, 6);
  if (family === undefined || host === undefined || port === undefined) return undefined;
  return behind === '' && more === undefined ? { family, host, port } : undefined;
}

/** Digits only, as a number; numbers that do not fit come out as the largest that does. */
function parseNumber(text: string): number | undefined {
  return /^\d+$/.test(text) ? Math.min(Number(text), Number.MAX_SAFE_INTEGER) : undefined;
}
