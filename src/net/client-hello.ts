/** Reads the first TLS message of a client (RFC 8446 section 4.1.2) far enough to choose how to answer it. */

/** What a ClientHello says, as far as anyone here needs it. */
export interface ClientHello {
  /** A TLS 1.3 session is offered for resumption (`pre_shared_key`). */
  readonly offersTls13Session: boolean;
  /** A session of TLS 1.2 is offered, by ticket or, where the client does not speak TLS 1.3, by its id. */
  readonly offersTls12Session: boolean;
  /** TLS 1.2 is acceptable to the client. */
  readonly offersTls12: boolean;
  readonly offersTls13: boolean;
}

/** `incomplete`: more bytes are needed; `not-tls`: these bytes do not begin a TLS handshake. */
export type ClientHelloResult = ClientHello | 'incomplete' | 'not-tls';

/** Longest ClientHello that is looked at, in bytes; a longer one is passed on unread (`docs/limits.md`). */
export const maxClientHelloBytes = 16_384;

const handshakeRecord = 22;
const clientHelloMessage = 1;
const extensionSupportedVersions = 43;
const extensionPreSharedKey = 41;
const extensionSessionTicket = 35;
const tls12 = 0x0303;
const tls13 = 0x0304;

const recordHeaderBytes = 5;
const messageHeaderBytes = 4;

/** What the bytes so far tell of the first message: its body, or how many bytes there must be to tell more. */
export type HelloScan =
  | { readonly kind: 'whole'; readonly body: Buffer }
  | { readonly kind: 'incomplete'; readonly neededBytes: number }
  | { readonly kind: 'not-tls' };

/** The first `length` bytes of what the records of `bytes` carry. */
function payloadOf(bytes: Buffer, length: number): Buffer {
  const payloads: Buffer[] = [];
  for (let at = 0, gathered = 0; gathered < length; at += recordHeaderBytes + bytes.readUInt16BE(at + 3)) {
    const payloadAt = at + recordHeaderBytes;
    const payload = bytes.subarray(payloadAt, payloadAt + bytes.readUInt16BE(at + 3));
    payloads.push(payload);
    gathered += payload.length;
  }
  return Buffer.concat(payloads, length);
}

/**
 * Walks the handshake records until the first message is whole, and only then joins what they carry, so that a message
 * in very many records costs no more than its length.
 */
export function scanFirstMessage(bytes: Buffer): HelloScan {
  let gathered = 0;
  let messageBytes: number | undefined;
  for (let at = 0; ;) {
    if (bytes.length > at && bytes[at] !== handshakeRecord) return { kind: 'not-tls' };
    if (bytes.length > at + 1 && bytes[at + 1] !== 3) return { kind: 'not-tls' };
    const payloadAt = at + recordHeaderBytes;
    if (bytes.length < payloadAt) return { kind: 'incomplete', neededBytes: payloadAt };
    const length = bytes.readUInt16BE(at + 3);
    const present = Math.min(length, bytes.length - payloadAt);
    if (gathered === 0 && present > 0 && bytes[payloadAt] !== clientHelloMessage) return { kind: 'not-tls' };
    gathered += present;
    if (messageBytes === undefined && gathered >= messageHeaderBytes) {
      messageBytes = messageHeaderBytes + payloadOf(bytes, messageHeaderBytes).readUIntBE(1, 3);
    }
    if (messageBytes !== undefined && gathered >= messageBytes) {
      return { kind: 'whole', body: payloadOf(bytes, messageBytes).subarray(messageHeaderBytes) };
    }
    // Its type is looked at as soon as it is there, its length a moment later.
    const wanted = gathered === 0 ? 1 : (messageBytes ?? messageHeaderBytes) - gathered;
    const missing = length - present;
    if (missing > 0) return { kind: 'incomplete', neededBytes: bytes.length + Math.min(missing, wanted) };
    at = payloadAt + length;
  }
}

/** Walks the extensions of a ClientHello body; throws RangeError where lengths do not fit. */
function readBody(body: Buffer): ClientHello {
  let at = 2 + 32;
  const hasSessionId = body.readUInt8(at) > 0;
  at += 1 + body.readUInt8(at);
  at += 2 + body.readUInt16BE(at);
  at += 1 + body.readUInt8(at);
  let offersTls13Session = false;
  let hasTicket = false;
  let versions: number[] | undefined;
  const end = at + 2 <= body.length ? at + 2 + body.readUInt16BE(at) : at;
  at += 2;
  while (at + 4 <= Math.min(end, body.length)) {
    const type = body.readUInt16BE(at);
    const value = body.subarray(at + 4, at + 4 + body.readUInt16BE(at + 2));
    if (type === extensionPreSharedKey) offersTls13Session = true;
    if (type === extensionSessionTicket) hasTicket = value.length > 0;
    if (type === extensionSupportedVersions) {
      versions = [];
      for (let i = 1; i + 1 < value.length; i += 2) versions.push(value.readUInt16BE(i));
    }
    at += 4 + value.length;
  }
  const offersTls13 = versions?.includes(tls13) ?? false;
  return {
    offersTls13Session,
    // A client that speaks TLS 1.3 sends an id in any case, to please old middleboxes.
    offersTls12Session: hasTicket || (hasSessionId && !offersTls13),
    offersTls12: versions === undefined ? body.readUInt16BE(0) >= tls12 : versions.includes(tls12),
    offersTls13,
  };
}

/** Reads what `scanFirstMessage` has found whole. Never throws. */
export function readClientHelloBody(body: Buffer): ClientHello | 'not-tls' {
  try {
    return readBody(body);
  } catch {
    return 'not-tls';
  }
}

/** Reads a ClientHello from the bytes received so far. Pure; never throws. */
export function readClientHello(bytes: Buffer): ClientHelloResult {
  const scan = scanFirstMessage(bytes);
  return scan.kind === 'whole' ? readClientHelloBody(scan.body) : scan.kind;
}
