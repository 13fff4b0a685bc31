/** The `h1,h2,h3,h4,p1,p2` form of PORT and of the 227 reply (RFC 959 section 5.3.2), IPv4 only. */

import { LocalProtocolError } from '../../errors/index.ts';
import { parseNormalisedAddress } from './ip-address.ts';
import { requirePort } from './port-number.ts';

/** Where a data connection is to go; `host` is dotted IPv4, `port` is 1..65535. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/**
 * Parses the argument of PORT, strictly: six numbers of one to three digits, 0..255, single commas, nothing else.
 * Port 0 names no port and is refused too. Leading zeros are decimal.
 */
export function parseHostPort(argument: string): HostPort | undefined {
  const fields = argument.split(',', 7);
  if (!fields.every((field) => /^\d{1,3}$/.test(field))) return undefined;
  return fromNumbers(fields.map(Number));
}

/**
 * Writes the six numbers. `host` is IPv4, or IPv6 that maps IPv4.
 * @throws {LocalProtocolError} `ERR_TWINLINE_ADDRESS` when `host` is not IPv4 or `port` is out of range.
 */
export function serialiseHostPort(host: string, port: number): string {
  const address = parseNormalisedAddress(host);
  if (address?.family !== 4) {
    throw new LocalProtocolError('ERR_TWINLINE_ADDRESS', `PORT and PASV carry IPv4 only, not "${host}".`);
  }
  requirePort(port);
  return `${address.bytes.join(',')},${port >> 8},${port & 0xff}`;
}

/**
 * Finds the six numbers in the text of a 227 reply (RFC 1123 section 4.1.2.6: do not count on parentheses). Takes the
 * first run of exactly six numbers with commas, with or without spaces, between them; a run with another count, a
 * number above 255 or a minus sign is no address. The host is what the server wrote: whether to use it is for the
 * caller to decide.
 */
export function parsePassiveReply(text: string): HostPort | undefined {
  for (const run of numberRuns(text)) {
    const found = fromNumbers(run);
    if (found) return found;
  }
  return undefined;
}

/** Numbers that stand with only a comma and spaces between them, run by run; a sign spoils its run. */
function numberRuns(text: string): number[][] {
  const runs: number[][] = [];
  let endOfLast = 0;
  for (const match of text.matchAll(/\d+/g)) {
    const between = text.slice(endOfLast, match.index);
    const run = runs.at(-1);
    const value = match[0].length > 3 || between.endsWith('-') ? Number.NaN : Number(match[0]);
    if (run && between.trim() === ',') run.push(value);
    else runs.push([value]);
    endOfLast = match.index + match[0].length;
  }
  return runs;
}

function fromNumbers(numbers: readonly number[]): HostPort | undefined {
  if (numbers.length !== 6 || !numbers.every((number) => number <= 255)) return undefined;
  const [high = 0, low = 0] = numbers.slice(4);
  const port = high * 256 + low;
  return port === 0 ? undefined : { host: numbers.slice(0, 4).join('.'), port };
}
