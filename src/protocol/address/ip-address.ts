/** IP addresses as text: a strict parser, the shortest form, and the questions that the data line's checks ask. */

/** An address in network byte order: 4 bytes for IPv4, 16 for IPv6. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly bytes: Uint8Array;
}

/** Longest text of an IPv6 address without zone, with an IPv4 tail. */
const maxAddressChars = 45;

const ipv6Bytes = 16;

/**
 * Parses dotted decimal (four numbers, no leading zeros, so that nothing can be read as octal) or the IPv6 text of
 * RFC 4291 section 2.2. A zone id (`%eth0`), brackets and spaces are refused.
 */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (text.length > maxAddressChars) return undefined;
  if (text.includes(':')) {
    const bytes = parseIpv6(text);
    return bytes && { family: 6, bytes };
  }
  const bytes = parseIpv4(text);
  return bytes && { family: 4, bytes: Uint8Array.from(bytes) };
}

/** Writes dotted decimal or the form of RFC 5952: lower case, longest run of zeros as `::`, v4-mapped with dots. */
export function serialiseIpAddress({ family, bytes }: IpAddress): string {
  if (family === 4) return bytes.join('.');
  if (isMapped(bytes)) return `::ffff:${bytes.subarray(12).join('.')}`;
  const groups: string[] = [];
  for (let at = 0; at < ipv6Bytes; at += 2) groups.push((byteAt(bytes, at) * 256 + byteAt(bytes, at + 1)).toString(16));
  const { start, length } = longestZeroRun(groups);
  if (length < 2) return groups.join(':');
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`;
}

/** True for dotted decimal as `parseIpAddress` takes it. */
export function isIpv4(text: string): boolean {
  return parseIpAddress(text)?.family === 4;
}

/** True for IPv6 text without a zone, v4-mapped addresses included. */
export function isIpv6(text: string): boolean {
  return parseIpAddress(text)?.family === 6;
}

/**
 * The one text of an address, for keys and logs: v4-mapped IPv6 becomes IPv4, a zone id is dropped, IPv6 is written
 * as RFC 5952 says. Undefined if `text` is no address.
 */
export function normaliseAddress(text: string): string | undefined {
  const address = parseNormalisedAddress(text);
  return address && serialiseIpAddress(address);
}

/** True when both texts name the same address once normalised. False when either is no address. */
export function sameAddress(a: string, b: string): boolean {
  const left = parseNormalisedAddress(a);
  const right = parseNormalisedAddress(b);
  if (!left || !right || left.family !== right.family) return false;
  return left.bytes.every((byte, index) => byte === right.bytes[index]);
}

/** 127.0.0.0/8 and ::1. */
export function isLoopback(text: string): boolean {
  const address = parseNormalisedAddress(text);
  if (!address) return false;
  if (address.family === 4) return address.bytes[0] === 127;
  return address.bytes.every((byte, index) => byte === (index === ipv6Bytes - 1 ? 1 : 0));
}

/** Not routed in the open Internet: RFC 1918, RFC 6598 (carrier NAT), link-local, IPv6 ULA. Loopback is not among them. */
export function isPrivate(text: string): boolean {
  const address = parseNormalisedAddress(text);
  if (!address) return false;
  const first = byteAt(address.bytes, 0);
  const second = byteAt(address.bytes, 1);
  if (address.family === 6) return (first & 0xfe) === 0xfc || (first === 0xfe && (second & 0xc0) === 0x80);
  if (first === 10) return true;
  if (first === 172) return (second & 0xf0) === 16;
  if (first === 100) return (second & 0xc0) === 64;
  return (first === 192 && second === 168) || (first === 169 && second === 254);
}

/** As `parseIpAddress`, but a zone id is dropped and a v4-mapped address comes out as IPv4. */
export function parseNormalisedAddress(text: string): IpAddress | undefined {
  const zoneAt = text.indexOf('%');
  const address = parseIpAddress(zoneAt === -1 ? text : text.slice(0, zoneAt));
  if (!address || address.family === 4) return zoneAt === -1 ? address : undefined;
  if (zoneAt === text.length - 1) return undefined;
  return isMapped(address.bytes) ? { family: 4, bytes: address.bytes.slice(12) } : address;
}

function parseIpv4(text: string): number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part))) return undefined;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

function parseIpv6(text: string): Uint8Array | undefined {
  const gapAt = text.indexOf('::');
  const head = parseGroups(gapAt === -1 ? text : text.slice(0, gapAt), gapAt === -1);
  const tail = parseGroups(gapAt === -1 ? '' : text.slice(gapAt + 2), true);
  if (!head || !tail) return undefined;
  const given = head.length + tail.length;
  if (gapAt === -1 ? given !== ipv6Bytes : given > ipv6Bytes - 2) return undefined;
  const bytes = new Uint8Array(ipv6Bytes);
  bytes.set(head);
  bytes.set(tail, ipv6Bytes - tail.length);
  return bytes;
}

/** The bytes of groups between colons; only the last group of an address may be an IPv4 address. */
function parseGroups(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  const groups = text.split(':');
  for (const [index, group] of groups.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(group)) {
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
      continue;
    }
    const ipv4 = mayEndInIpv4 && index === groups.length - 1 ? parseIpv4(group) : undefined;
    if (!ipv4) return undefined;
    bytes.push(...ipv4);
  }
  return bytes;
}

function isMapped(bytes: Uint8Array): boolean {
  return bytes.length === ipv6Bytes && bytes.subarray(0, 12).every((byte, index) => byte === (index < 10 ? 0 : 0xff));
}

function longestZeroRun(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (const [index, group] of groups.entries()) {
    length = group === '0' ? length + 1 : 0;
    if (length > best.length) best = { start: index - length + 1, length };
  }
  return best;
}

function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}
