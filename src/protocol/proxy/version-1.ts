/** Version 1 of the PROXY protocol: one line of text. */

import { parseIpAddress } from '../address/ip-address.ts';
import type { ProxyHeader, ProxyHeaderScan } from './proxy-header.ts';

/** `PROXY `. */
export const v1Start = Uint8Array.of(0x50, 0x52, 0x4f, 0x58, 0x59, 0x20);
/** The longest line with its CRLF, by the specification. */
const maxV1Bytes = 107;

const cr = 0x0d;
const lf = 0x0a;
const invalid = (reason: string): ProxyHeaderScan => ({ kind: 'invalid', reason });

/** Decimal without leading zeros, 0 to 65535. */
function parsePort(text: string): number | undefined {
  const port = /^(?:0|[1-9]\d{0,4})$/.test(text) ? Number(text) : Infinity;
  return port <= 65_535 ? port : undefined;
}

/** Bytes that begin with `v1Start`. */
export function parseV1(bytes: Uint8Array): ProxyHeaderScan {
  const end = bytes.subarray(0, maxV1Bytes).indexOf(lf);
  if (end === -1) {
    return bytes.length < maxV1Bytes ? { kind: 'incomplete' } : invalid('the line of the header is too long');
  }
  if (bytes[end - 1] !== cr) return invalid('the line of the header does not end with CR LF');
  const line = bytes.subarray(0, end - 1);
  if (line.some((byte) => byte < 0x20 || byte > 0x7e)) return invalid('the header holds bytes that are no text');
  const header = parseWords(String.fromCharCode(...line).split(' '));
  return typeof header === 'string' ? invalid(header) : { kind: 'whole', header, length: end + 1 };
}

/** The header, or what is wrong with it. */
function parseWords([, protocol = '', ...words]: readonly string[]): ProxyHeader | string {
  // What stands behind UNKNOWN is to be ignored.
  if (protocol === 'UNKNOWN') return { kind: 'local' };
  if (protocol !== 'TCP4' && protocol !== 'TCP6') return 'the header names neither TCP4, TCP6 nor UNKNOWN';
  const [source = '', destination = '', sourcePort = '', destinationPort = ''] = words;
  if (words.length !== 4) return 'the header does not have two addresses and two ports';
  const family = protocol === 'TCP4' ? 4 : 6;
  if (parseIpAddress(source)?.family !== family || parseIpAddress(destination)?.family !== family) {
    return `the header holds an address that is none of ${protocol}`;
  }
  const ports = [parsePort(sourcePort), parsePort(destinationPort)] as const;
  if (ports[0] === undefined || ports[1] === undefined) return 'the header holds a port that is none';
  return {
    kind: 'proxied',
    source: { host: source, port: ports[0] },
    destination: { host: destination, port: ports[1] },
  };
}

export function serialiseV1(header: ProxyHeader): Uint8Array {
  const text = header.kind === 'local' ? 'PROXY UNKNOWN\r\n' : `PROXY ${wordsOf(header)}\r\n`;
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function wordsOf({ source, destination }: Extract<ProxyHeader, { kind: 'proxied' }>): string {
  const family = parseIpAddress(source.host)?.family;
  if (family === undefined || family !== parseIpAddress(destination.host)?.family) {
    throw new RangeError('The two addresses of a header are of one family.');
  }
  return `TCP${family} ${source.host} ${destination.host} ${source.port} ${destination.port}`;
}
