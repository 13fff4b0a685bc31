/** Blocks of pcapng, the format of packets that Wireshark reads, with the secrets of TLS inside, so that it shows what was said. */

const blocks = { section: 0x0a0d_0d0a, interface: 1, packet: 6, secrets: 10 } as const;
/** LINKTYPE_RAW: a packet begins with its header of IP. */
const rawIp = 101;
/** "TLSK": a key log of NSS. */
const tlsKeyLog = 0x544c_534b;

/** What a file begins with: byte order, version 1.0, a length of the section that is not told, and one interface. */
export function beginBlocks(): Buffer {
  const section = block(blocks.section, words(0x1a2b_3c4d, 1), Buffer.alloc(8, 0xff));
  return Buffer.concat([section, block(blocks.interface, words(rawIp, 0))]);
}

/** Lines of a key log; they stand before the packets that they open. */
export function secretsBlock(keylog: Uint8Array): Buffer {
  return block(blocks.secrets, words(tlsKeyLog, keylog.length), keylog);
}

/** `atMs` is `performance.now()`. */
export function packetBlock(atMs: number, bytes: Uint8Array): Buffer {
  const micros = BigInt(Math.round((performance.timeOrigin + atMs) * 1000));
  const head = words(0, Number(micros >> 32n), Number(micros & 0xffff_ffffn), bytes.length, bytes.length);
  return block(blocks.packet, head, bytes);
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, index * 4);
  return bytes;
}

/** Its length stands before and behind it, and it ends on four bytes. */
function block(type: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const padding = Buffer.alloc((4 - (body.length % 4)) % 4);
  const length = words(12 + body.length + padding.length);
  return Buffer.concat([words(type), length, body, padding, length]);
}
