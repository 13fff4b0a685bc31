/** Sends a file down a line: reads ahead of the line, with bounded memory. */

import type { Socket } from 'node:net';
import { buffersAhead, type ByteSource, errorOf, type PumpProgress } from './pump.ts';
import type { Scope } from './scope.ts';
import { giveBuffer, takeBuffer } from './spare-buffers.ts';
import { countTransfer, isCrowded, pieceBytes } from './turn-share.ts';

export interface SendOptions {
  /** First byte of the source to send. */
  readonly start: number;
  /**
   * Expected end of the source, from its size at opening; unless a read ends just there, reads go on until one
   * returns 0.
   */
  readonly size: number;
  /** Counted while it runs. */
  readonly progress: PumpProgress;
  /** Called after each write that the line has taken. */
  onProgress?(): void;
}

interface Block {
  readonly buffer: Buffer;
  /** Bytes to read into it. */
  readonly wanted: number;
  length: number;
  ready: boolean;
}

/** A source that throws is one that rejects. */
async function readOnce(source: ByteSource, buffer: Buffer, position: number): Promise<number> {
  return source.read(buffer, position);
}

/** One run of `sendAll`. */
class Sending {
  readonly #source: ByteSource;
  readonly #line: Socket;
  readonly #options: SendOptions;
  readonly #onSettled: (error?: Error) => void;
  /** Blocks that are being read or wait for those before them, in the order of the source. */
  readonly #blocks: Block[] = [];
  #readAt: number;
  #reading = 0;
  #writing = 0;
  /** A read has met the end of the source. */
  #metEnd = false;
  /** Everything up to the end has been handed to the line. */
  #wroteEnd = false;
  #settled = false;

  constructor(source: ByteSource, line: Socket, options: SendOptions, onSettled: (error?: Error) => void) {
    this.#source = source;
    this.#line = line;
    this.#options = options;
    this.#onSettled = onSettled;
    this.#readAt = options.start;
  }

  settle(error?: Error): void {
    if (this.#settled) return;
    this.#settled = true;
    // A buffer with a read in flight is not reused: the kernel may still write into it.
    if (this.#reading === 0) for (const block of this.#blocks) giveBuffer(block.buffer);
    this.#onSettled(error);
  }

  readAhead(): void {
    while (!this.#settled && !this.#metEnd && this.#hasRoom()) {
      const block: Block = { buffer: takeBuffer(), wanted: pieceBytes(), length: 0, ready: false };
      this.#blocks.push(block);
      this.#fill(block, this.#readAt, 0);
      this.#readAt += block.wanted;
    }
  }

  /** A small file takes one block: its size is known, and behind that one read at a time looks for the end. */
  #hasRoom(): boolean {
    const mayHoldMore = this.#readAt < this.#options.size || this.#reading === 0;
    return mayHoldMore && this.#blocks.length + this.#writing < (isCrowded() ? 1 : buffersAhead);
  }

  #fill(block: Block, position: number, have: number): void {
    this.#reading += 1;
    const wanted = block.buffer.subarray(have, block.wanted);
    readOnce(this.#source, wanted, position + have).then(
      (count) => {
        this.#reading -= 1;
        if (!this.#settled) this.#onRead(block, position, have + count, count);
      },
      (error: unknown) => {
        this.#reading -= 1;
        if (!this.#wroteEnd) this.settle(errorOf(error));
      },
    );
  }

  #onRead(block: Block, position: number, total: number, count: number): void {
    // A short read is not the end of a file; only 0 is. At the size seen at opening it saves the extra read.
    if (count > 0 && total < block.wanted && position + total !== this.#options.size) {
      this.#fill(block, position, total);
      return;
    }
    if (total < block.wanted) this.#metEnd = true;
    block.length = total;
    block.ready = true;
    this.#writeReady();
  }

  #writeReady(): void {
    while (!this.#wroteEnd && this.#blocks[0]?.ready === true) {
      const block = this.#blocks.shift() as Block;
      // A file that changes may have bytes again behind its end of a moment ago: they would leave a gap.
      this.#wroteEnd = block.length < block.wanted;
      if (block.length > 0) this.#write(block);
      else giveBuffer(block.buffer);
    }
    if (this.#wroteEnd && this.#writing === 0) this.settle();
    else this.readAhead();
  }

  #write(block: Block): void {
    this.#writing += 1;
    const bytes = block.length === block.buffer.length ? block.buffer : block.buffer.subarray(0, block.length);
    this.#line.write(bytes, (error) => {
      this.#writing -= 1;
      giveBuffer(block.buffer);
      if (this.#settled || error) return;
      this.#options.progress.bytes += block.length;
      this.#options.onProgress?.();
      this.#writeReady();
    });
  }
}

/**
 * Sends `source` down `line`. Resolves when the kernel (or TLS) has taken the last byte; rejects with the error of the
 * source. The end of the line is not an error here: when `scope` closes the promise resolves and nothing more is read.
 */
export function sendAll(scope: Scope, source: ByteSource, line: Socket, options: SendOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    if (scope.closed) {
      resolve();
      return;
    }
    const countOff = countTransfer();
    const sending = new Sending(source, line, options, (error) => {
      countOff();
      leave();
      if (error === undefined) resolve();
      else reject(error);
    });
    const leave = scope.add(() => sending.settle());
    sending.readAhead();
  });
}
