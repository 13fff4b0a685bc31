/** Which TLS 1.3 tickets a client offers in its ClientHello: identities of `pre_shared_key` (RFC 8446 section 4.2.11). */

const handshakeRecord = 22;
const clientHello = 1;
const preSharedKey = 41;
const recordHeaderBytes = 5;

/** The identities; empty where none are offered, `undefined` while the first record is not whole. Throws for other bytes than TLS. */
export function offeredTickets(bytes: Buffer): readonly Buffer[] | undefined {
  if (bytes.length < recordHeaderBytes) return undefined;
  if (bytes[0] !== handshakeRecord) throw new Error('This is no ClientHello.');
  const end = recordHeaderBytes + bytes.readUInt16BE(3);
  if (bytes.length < end) return undefined;
  const message = bytes.subarray(recordHeaderBytes, end);
  return message[0] === clientHello ? identitiesOf(extensionsOf(message)) : [];
}

/** The extensions, behind version, random, session id, cipher suites and compression methods. */
function extensionsOf(message: Buffer): Buffer {
  let at = 4 + 2 + 32;
  at += 1 + message.readUInt8(at);
  at += 2 + message.readUInt16BE(at);
  at += 1 + message.readUInt8(at);
  return at + 2 <= message.length ? message.subarray(at + 2) : Buffer.alloc(0);
}

function identitiesOf(extensions: Buffer): readonly Buffer[] {
  for (let at = 0; at + 4 <= extensions.length;) {
    const body = extensions.subarray(at + 4, at + 4 + extensions.readUInt16BE(at + 2));
    if (extensions.readUInt16BE(at) === preSharedKey)
      return splitIdentities(body.subarray(2, 2 + body.readUInt16BE(0)));
    at += 4 + body.length;
  }
  return [];
}

/** Each identity is followed by four bytes of age. */
function splitIdentities(list: Buffer): readonly Buffer[] {
  const identities: Buffer[] = [];
  for (let at = 0; at + 2 <= list.length;) {
    const length = list.readUInt16BE(at);
    identities.push(list.subarray(at + 2, at + 2 + length));
    at += 2 + length + 4;
  }
  return identities;
}
