/** Messages of netlink (RFC 3549, linux/netlink.h) as bytes: headers, attributes, acknowledgements. Byte order is the host's. */

/** Types of messages that netlink itself knows. */
export const netlinkTypes = { error: 2, done: 3 } as const;

export const netlinkFlags = { request: 1, acknowledge: 4, dump: 0x300 } as const;

/** One message without its header. */
export interface NetlinkMessage {
  readonly type: number;
  readonly flags: number;
  /** Chosen by who asks, and repeated in every answer. */
  readonly sequence: number;
  readonly payload: Uint8Array;
}

const netlinkHeaderBytes = 16;
const attributeHeaderBytes = 4;
/** The two highest bits of a type of attribute are flags. */
const attributeTypeMask = 0x3fff;

const aligned = (bytes: number): number => (bytes + 3) & ~3;

export function serialiseNetlinkMessage(message: NetlinkMessage, isLittleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(aligned(netlinkHeaderBytes + message.payload.length));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, netlinkHeaderBytes + message.payload.length, isLittleEndian);
  view.setUint16(4, message.type, isLittleEndian);
  view.setUint16(6, message.flags, isLittleEndian);
  view.setUint32(8, message.sequence, isLittleEndian);
  bytes.set(message.payload, netlinkHeaderBytes);
  return bytes;
}

/** The messages of one datagram; what is behind one with an impossible length is left out. */
export function parseNetlinkMessages(datagram: Uint8Array, isLittleEndian: boolean): readonly NetlinkMessage[] {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.length);
  const messages: NetlinkMessage[] = [];
  let at = 0;
  while (at + netlinkHeaderBytes <= datagram.length) {
    const bytes = view.getUint32(at, isLittleEndian);
    if (bytes < netlinkHeaderBytes || at + bytes > datagram.length) break;
    messages.push({
      type: view.getUint16(at + 4, isLittleEndian),
      flags: view.getUint16(at + 6, isLittleEndian),
      sequence: view.getUint32(at + 8, isLittleEndian),
      payload: datagram.subarray(at + netlinkHeaderBytes, at + bytes),
    });
    at += aligned(bytes);
  }
  return messages;
}

/** Attributes by type; the last of several of one type counts, as in the kernel. */
export function parseAttributes(bytes: Uint8Array, isLittleEndian: boolean): ReadonlyMap<number, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const attributes = new Map<number, Uint8Array>();
  let at = 0;
  while (at + attributeHeaderBytes <= bytes.length) {
    const length = view.getUint16(at, isLittleEndian);
    if (length < attributeHeaderBytes || at + length > bytes.length) break;
    const type = view.getUint16(at + 2, isLittleEndian) & attributeTypeMask;
    attributes.set(type, bytes.subarray(at + attributeHeaderBytes, at + length));
    at += aligned(length);
  }
  return attributes;
}

/** The number of the error that a message of type `error` reports; 0 acknowledges. Undefined where it is cut. */
export function errorNumberOf({ type, payload }: NetlinkMessage, isLittleEndian: boolean): number | undefined {
  if (type !== netlinkTypes.error || payload.length < 4) return undefined;
  return -new DataView(payload.buffer, payload.byteOffset, payload.length).getInt32(0, isLittleEndian) || 0;
}
