/** Puts the proxy's own addresses into PORT, EPRT, EPSV, 227 and 229, so that data lines come to it. */

import {
  isIpv4,
  normaliseAddress,
  parseEprtArgument,
  parseEpsvArgument,
  parseEpsvReply,
  parseHostPort,
  parsePassiveReply,
  sameAddress,
  serialiseEprtArgument,
  serialiseHostPort,
} from '../../protocol/index.ts';
import type { Place } from './data-lines.ts';

/** Family numbers of RFC 2428 section 2. */
export function familyOf(host: string): 1 | 2 {
  return isIpv4(normaliseAddress(host) ?? '') ? 1 : 2;
}

/** Where a client listens, as PORT or EPRT says; undefined for what is malformed, and for a third party's address. */
export function activePlace(verb: string, argument: string, clientHost: string): Place | undefined {
  const place = verb === 'PORT' ? parseHostPort(argument) : verb === 'EPRT' ? parseEprtArgument(argument) : undefined;
  if (place === undefined || 'unsupported' in place) return undefined;
  // What is meant for somebody else is for the server to refuse.
  return sameAddress(place.host, clientHost) ? { host: place.host, port: place.port } : undefined;
}

/** PORT or EPRT with a port of the proxy, in the family in which the proxy reaches the server. */
export function activeCommand(verb: string, host: string, port: number): string {
  const family = familyOf(host);
  if (verb === 'PORT' && family === 1) return `PORT ${serialiseHostPort(host, port)}`;
  return `EPRT ${serialiseEprtArgument({ family, host, port })}`;
}

/** EPSV with a family, where the two control lines are of different ones. */
export function epsvCommand(argument: string, clientHost: string, serverHost: string): string | undefined {
  const parsed = parseEpsvArgument(argument);
  const [own, far] = [familyOf(clientHost), familyOf(serverHost)];
  return parsed?.kind === 'protocol' && parsed.protocol === own && own !== far ? `EPSV ${far}` : undefined;
}

/** The port that a 227 or 229 names. */
export function passivePort(code: number, text: string): number | undefined {
  return code === 227 ? parsePassiveReply(text)?.port : code === 229 ? parseEpsvReply(text)?.port : undefined;
}

/** The reply with another address; `text` is the whole line. A 227 can name no IPv6 address: it becomes a 425. */
export function passiveReply(code: number, text: string, host: string, port: number): string {
  const head = text.slice(0, 4);
  if (code === 229) return `${head}Entering Extended Passive Mode (|||${port}|)`;
  if (familyOf(host) === 2) return `425 The proxy is reached by IPv6, which PASV cannot name; use EPSV.`;
  return `${head}Entering Passive Mode (${serialiseHostPort(normaliseAddress(host) ?? host, port)}).`;
}
