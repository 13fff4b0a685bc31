/** The header that a proxy puts in front of a connection: the PROXY protocol, versions 1 and 2. */

import { parseV1, serialiseV1, v1Start } from './version-1.ts';
import { parseV2, serialiseV2, v2Signature } from './version-2.ts';

/** One end of the connection as the proxy has seen it. */
export interface ProxyEnd {
  readonly host: string;
  readonly port: number;
}

/**
 * `proxied`: the connection is that of a client at `source`, which has reached the proxy at `destination`. `local`: the
 * proxy speaks for itself (LOCAL, UNKNOWN, unspecified family): a look at the server's health, for example.
 */
export type ProxyHeader =
  { readonly kind: 'local' } | { readonly kind: 'proxied'; readonly source: ProxyEnd; readonly destination: ProxyEnd };

export type ProxyHeaderScan =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'invalid'; readonly reason: string }
  | { readonly kind: 'whole'; readonly header: ProxyHeader; readonly length: number };

/** Whether `bytes` can still become what `start` begins, as far as they go. */
function agrees(bytes: Uint8Array, start: Uint8Array): boolean {
  return start.subarray(0, bytes.length).every((byte, index) => bytes[index] === byte);
}

/** Looks at the first bytes of a connection. What stands behind `length` bytes belongs to the client. */
export function scanProxyHeader(bytes: Uint8Array): ProxyHeaderScan {
  if (bytes.length === 0) return { kind: 'incomplete' };
  if (agrees(bytes, v1Start)) return bytes.length < v1Start.length ? { kind: 'incomplete' } : parseV1(bytes);
  if (agrees(bytes, v2Signature)) return bytes.length < v2Signature.length ? { kind: 'incomplete' } : parseV2(bytes);
  return { kind: 'invalid', reason: 'the connection does not begin with a PROXY protocol header' };
}

/** Whether bytes begin a header: for those from whom none is expected. */
export function beginsProxyHeader(bytes: Uint8Array): boolean {
  const enough = (start: Uint8Array): boolean => bytes.length >= start.length && agrees(bytes, start);
  return enough(v1Start) || enough(v2Signature);
}

/** Writes a header. Throws `RangeError` for addresses that are none or of different families. */
export function serialiseProxyHeader(header: ProxyHeader, version: 1 | 2): Uint8Array {
  return version === 1 ? serialiseV1(header) : serialiseV2(header);
}
