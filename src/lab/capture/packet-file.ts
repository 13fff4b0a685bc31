/** Packets of a note as a file that Wireshark reads. */

import { beginBlocks, packetBlock, secretsBlock } from './pcapng.ts';

/** More bytes than this are counted and not kept: the file of a note, twice and more. */
const maxKeptBytes = 64 * 1024 * 1024;

export class PacketFile {
  /** Packets that found no room. */
  dropped = 0;
  readonly #packets: Buffer[] = [];
  #keptBytes = 0;

  /** `atMs` is `performance.now()`. */
  add(atMs: number, bytes: Uint8Array): void {
    if (this.#keptBytes + bytes.length > maxKeptBytes) {
      this.dropped += 1;
      return;
    }
    this.#keptBytes += bytes.length;
    this.#packets.push(packetBlock(atMs, bytes));
  }

  /** The whole file; `keylog` in the format of NSS, empty where there is none. */
  contents(keylog: string): Buffer {
    const secrets = keylog === '' ? [] : [secretsBlock(Buffer.from(keylog))];
    return Buffer.concat([beginBlocks(), ...secrets, ...this.#packets]);
  }
}
