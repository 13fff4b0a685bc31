/** Packets as a file that Wireshark reads (pcapng), with the secrets of TLS inside, so that it shows what was said. */

/** More bytes than this are counted and not kept: the file of a note, twice and more. */
const maxKeptBytes = 64 * 1024 * 1024;

const blocks = { section: 0x0a0d_0d0a, interface: 1, packet: 6, secrets: 10 } as const;
/** LINKTYPE_RAW: a packet begins with its header of IP. */
const rawIp = 101;
/** "TLSK": a key log of NSS. */
const tlsKeyLog = 0x544c_534b;

export class PacketFile {
  /** Packets that found no room. */
  dropped = 0;
  readonly #packets: { readonly micros: bigint; readonly bytes: Uint8Array }[] = [];
  #keptBytes = 0;

  /** `atMs` is `performance.now()`. */
  add(atMs: number, bytes: Uint8Array): void {
    if (this.#keptBytes + bytes.length > maxKeptBytes) {
      this.dropped += 1;
      return;
    }
    this.#keptBytes += bytes.length;
    this.#packets.push({ micros: BigInt(Math.round((performance.timeOrigin + atMs) * 1000)), bytes });
  }

  /** The whole file; `keylog` in the format of NSS, empty where there is none. */
  contents(keylog: string): Buffer {
    const keys = Buffer.from(keylog);
    const secrets = keys.length === 0 ? [] : [block(blocks.secrets, words(tlsKeyLog, keys.length), keys)];
    const packets = this.#packets.map(({ micros, bytes }) => {
      const head = words(0, Number(micros >> 32n), Number(micros & 0xffff_ffffn), bytes.length, bytes.length);
      return block(blocks.packet, head, bytes);
    });
    // Byte order, version 1.0, a length of the section that is not told.
    const section = block(blocks.section, words(0x1a2b_3c4d, 1), Buffer.alloc(8, 0xff));
    return Buffer.concat([section, block(blocks.interface, words(rawIp, 0)), ...secrets, ...packets]);
  }
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
