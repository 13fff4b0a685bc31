/** Reads the first TLS message of a client (RFC 8446 section 4.1.2) far enough to choose how to answer it. */

/** What a ClientHello says, as far as anyone here needs it. */
export interface ClientHello {
  /** A TLS 1.3 session is offered for resumption (`pre_shared_key`). */
  readonly offersTls13Session: boolean;
  /** TLS 1.2 is acceptable to the client. */
  readonly offersTls12: boolean;
  readonly offersTls13: boolean;
}

/** `incomplete`: more bytes are needed; `not-tls`: these bytes do not begin a TLS handshake. */
export type ClientHelloResult = ClientHello | 'incomplete' | 'not-tls';

/** Longest ClientHello that is looked at, in bytes; a longer one is passed on unread (`docs/limits.md`). */
export const maxClientHelloBytes = 65_536;

const handshakeRecord = 22;
const clientHelloMessage = 1;
const extensionSupportedVersions = 43;
const extensionPreSharedKey = 41;
const tls12 = 0x0303;
const tls13 = 0x0304;

/** Joins the payloads of handshake records until the first message is whole. */
function firstHandshakeMessage(bytes: Buffer): Buffer | 'incomplete' | 'not-tls' {
  const payloads: Buffer[] = [];
  let gathered = 0;
  let at = 0;
  while (at < bytes.length) {
    if (bytes[at] !== handshakeRecord || (at + 1 < bytes.length && bytes[at + 1] !== 3)) return 'not-tls';
    if (at + 5 > bytes.length) return 'incomplete';
    const length = bytes.readUInt16BE(at + 3);
    const payload = bytes.subarray(at + 5, at + 5 + length);
    payloads.push(payload);
    gathered += payload.length;
    const message = payloads.length === 1 ? payload : Buffer.concat(payloads);
    if (message.length >= 1 && message[0] !== clientHelloMessage) return 'not-tls';
    if (gathered >= 4 && gathered >= 4 + message.readUIntBE(1, 3))
      return message.subarray(4, 4 + message.readUIntBE(1, 3));
    at += 5 + length;
  }
  return 'incomplete';
}

/** Walks the extensions of a ClientHello body; throws RangeError where lengths do not fit. */
function readBody(body: Buffer): ClientHello {
  let at = 2 + 32;
  at += 1 + body.readUInt8(at);
  at += 2 + body.readUInt16BE(at);
  at += 1 + body.readUInt8(at);
  let offersTls13Session = false;
  let versions: number[] | undefined;
  const end = at + 2 <= body.length ? at + 2 + body.readUInt16BE(at) : at;
  at += 2;
  while (at + 4 <= Math.min(end, body.length)) {
    const type = body.readUInt16BE(at);
    const value = body.subarray(at + 4, at + 4 + body.readUInt16BE(at + 2));
    if (type === extensionPreSharedKey) offersTls13Session = true;
    if (type === extensionSupportedVersions) {
      versions = [];
      for (let i = 1; i + 1 < value.length; i += 2) versions.push(value.readUInt16BE(i));
    }
    at += 4 + value.length;
  }
  return {
    offersTls13Session,
    offersTls12: versions === undefined ? body.readUInt16BE(0) >= tls12 : versions.includes(tls12),
    offersTls13: versions?.includes(tls13) ?? false,
  };
}

/** Reads a ClientHello from the bytes received so far. Pure; never throws. */
export function readClientHello(bytes: Buffer): ClientHelloResult {
  const body = firstHandshakeMessage(bytes);
  if (typeof body === 'string') return body;
  try {
    return readBody(body);
  } catch {
    return 'not-tls';
  }
}
