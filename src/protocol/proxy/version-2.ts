/** Version 2 of the PROXY protocol: a binary header of fixed shape, with further fields (TLVs) behind the addresses. */

import { parseIpAddress, serialiseIpAddress } from '../address/ip-address.ts';
import type { ProxyEnd, ProxyHeader, ProxyHeaderScan } from './proxy-header.ts';

export const v2Signature = Uint8Array.of(0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a);
/** Signature, version and command, family and protocol, length. */
const fixedBytes = 16;
/** Addresses and TLVs: far beyond what proxies send, certificates of clients included. */
const maxV2Bytes = 4096;

const version2 = 2;
const local = 0;
const proxy = 1;
const families = { unspecified: 0x00, tcp4: 0x11, tcp6: 0x21 } as const;
const tlvHeaderBytes = 3;

const invalid = (reason: string): ProxyHeaderScan => ({ kind: 'invalid', reason });
const byteAt = (bytes: Uint8Array, index: number): number => bytes[index] ?? 0;
const numberAt = (bytes: Uint8Array, index: number): number => byteAt(bytes, index) * 256 + byteAt(bytes, index + 1);

/** Bytes that begin with `v2Signature`. */
export function parseV2(bytes: Uint8Array): ProxyHeaderScan {
  const versionAndCommand = byteAt(bytes, 12);
  if (bytes.length > 12 && versionAndCommand >> 4 !== version2) return invalid('the header is of an unknown version');
  if (bytes.length < fixedBytes) return { kind: 'incomplete' };
  const command = versionAndCommand & 0x0f;
  if (command !== local && command !== proxy) return invalid('the header holds an unknown command');
  const bodyBytes = numberAt(bytes, 14);
  if (bodyBytes > maxV2Bytes) return invalid(`the header is longer than ${maxV2Bytes} bytes`);
  const length = fixedBytes + bodyBytes;
  if (bytes.length < length) return { kind: 'incomplete' };
  // A LOCAL header may hold anything, which is to be ignored.
  if (command === local) return { kind: 'whole', header: { kind: 'local' }, length };
  const header = parseBody(byteAt(bytes, 13), bytes.subarray(fixedBytes, length));
  return typeof header === 'string' ? invalid(header) : { kind: 'whole', header, length };
}

/** The header, or what is wrong with it. */
function parseBody(family: number, body: Uint8Array): ProxyHeader | string {
  if (family === families.unspecified) return { kind: 'local' };
  if (family !== families.tcp4 && family !== families.tcp6) return 'the header is of a family other than TCP over IP';
  const addressBytes = family === families.tcp4 ? 4 : 16;
  const addressesEnd = 2 * addressBytes + 4;
  if (body.length < addressesEnd) return 'the header is too short for its addresses';
  if (!hasWholeTlvs(body.subarray(addressesEnd))) return 'the fields behind the addresses do not fit the header';
  const endAt = (index: 0 | 1): ProxyEnd => ({
    host: serialiseIpAddress({
      family: family === families.tcp4 ? 4 : 6,
      bytes: body.subarray(index * addressBytes, (index + 1) * addressBytes),
    }),
    port: numberAt(body, 2 * addressBytes + 2 * index),
  });
  return { kind: 'proxied', source: endAt(0), destination: endAt(1) };
}

/** TLVs are skipped, and must fill what is left of the header exactly. */
function hasWholeTlvs(bytes: Uint8Array): boolean {
  let at = 0;
  while (at + tlvHeaderBytes <= bytes.length) at += tlvHeaderBytes + numberAt(bytes, at + 1);
  return at === bytes.length;
}

export function serialiseV2(header: ProxyHeader): Uint8Array {
  if (header.kind === 'local')
    return Uint8Array.of(...v2Signature, (version2 << 4) | local, families.unspecified, 0, 0);
  const { source, destination } = header;
  const [from, to] = [parseIpAddress(source.host), parseIpAddress(destination.host)];
  if (from === undefined || from.family !== to?.family) {
    throw new RangeError('The two addresses of a header are of one family.');
  }
  const body = [...from.bytes, ...to.bytes, ...twoBytes(source.port), ...twoBytes(destination.port)];
  const family = from.family === 4 ? families.tcp4 : families.tcp6;
  return Uint8Array.of(...v2Signature, (version2 << 4) | proxy, family, ...twoBytes(body.length), ...body);
}

function twoBytes(value: number): readonly [number, number] {
  return [value >> 8, value & 0xff];
}
