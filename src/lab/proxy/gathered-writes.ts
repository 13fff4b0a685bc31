/** What goes to one leg, gathered into few large writes, which are what TLS is fast with, in memory that is used again. */

import type { Socket } from 'node:net';
import { giveBuffer, takeBuffer } from '../../net/index.ts';

/** Of each buffer so much is used: half of what may wait for the kernel. */
const blockBytes = 256 * 1024;

interface Block {
  readonly buffer: Buffer;
  length: number;
}

export class GatheredWrites {
  readonly #taken: () => void;
  /** Full ones, and the one that is being filled behind them. */
  readonly #blocks: Block[] = [];
  #line: Socket;
  #unsentBytes = 0;
  #writing = 0;
  #isDue = false;

  /** `taken` is called after each write that the kernel has taken, or never will. */
  constructor(line: Socket, taken: () => void) {
    this.#line = line;
    this.#taken = taken;
  }

  /** Bytes that the kernel does not have. */
  get unsentBytes(): number {
    return this.#unsentBytes;
  }

  /** Copies `bytes`; what is added in one turn goes out together, and while a write is under way more is gathered. */
  add(bytes: Uint8Array): void {
    this.#unsentBytes += bytes.length;
    for (let at = 0; at < bytes.length;) {
      const block = this.#room();
      const end = Math.min(bytes.length, at + blockBytes - block.length);
      block.buffer.set(bytes.subarray(at, end), block.length);
      block.length += end - at;
      at = end;
    }
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(this.#send);
  }

  #room(): Block {
    const last = this.#blocks.at(-1);
    if (last !== undefined && last.length < blockBytes) return last;
    const block = { buffer: takeBuffer(), length: 0 };
    this.#blocks.push(block);
    return block;
  }

  /** Hands all that was added to the line, which is to be ended, asked, or changed behind it. */
  push(): void {
    for (const block of this.#blocks.splice(0)) this.#write(block);
  }

  /** What is added from now on goes to `line`; what was added before is pushed. */
  moveTo(line: Socket): void {
    this.#line = line;
  }

  readonly #send = (): void => {
    this.#isDue = false;
    const block = this.#writing === 0 ? this.#blocks.shift() : undefined;
    if (block !== undefined) this.#write(block);
  };

  #write({ buffer, length }: Block): void {
    this.#writing += 1;
    this.#line.write(buffer.subarray(0, length), (error) => {
      this.#writing -= 1;
      this.#unsentBytes -= length;
      // The kernel may still read from a buffer whose write has failed.
      if (!error) giveBuffer(buffer);
      this.#send();
      this.#taken();
    });
  }
}
