/** What a client and a proxy say to each other before the proxy passes bytes on: one interface for all kinds of proxies. */

/** Whom the proxy is asked to connect to. */
export interface TunnelTarget {
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** What to do after bytes of the proxy came in. */
export type TunnelStep =
  | { readonly kind: 'more' }
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  /** The target is at the other end; `rest` are its first bytes, where they came along. */
  | { readonly kind: 'open'; readonly rest: Uint8Array }
  /** The words fit behind "The proxy … cannot be used: " and end without a full stop. */
  | { readonly kind: 'failed'; readonly reason: string };

/** One conversation. After `open` and `failed` nothing may be given to it any more. */
export interface Tunnel {
  /** The first bytes to send. */
  begin(): Uint8Array;
  /** Takes what came, in pieces of any size; to be called again with no bytes after `send`. */
  receive(bytes: Uint8Array): TunnelStep;
}

/** Bytes that have not been understood yet, with a bound. */
export function joinBytes(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
