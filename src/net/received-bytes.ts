/** Bytes that have come and wait for their sink, in large buffers that are used again. */

import { giveBuffer, takeBuffer } from './spare-buffers.ts';
import { gatheredBytes, isCrowded, maxShareBytes } from './turn-share.ts';

/** A buffer with less room than this is full: a read of a few bytes costs as much as a large one. */
const minRoomBytes = 16 * 1024;

export class ReceivedBytes {
  readonly #isEncrypted: boolean;
  #waiting: Buffer[] = [];
  #bytes = 0;
  /** The buffer that is being filled; what stands before `#handedOver` has been taken already. */
  #filling: Buffer | undefined;
  #handedOver = 0;
  #filled = 0;
  /** As much of it as is used. */
  #capacity = 0;
  /** Buffers that are free when what waits, or what was taken, is written. */
  #freeAfterThose: Buffer[] = [];
  #freeAfterThese: Buffer[] = [];

  constructor(isEncrypted: boolean) {
    this.#isEncrypted = isEncrypted;
  }

  /** Bytes that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Where the next bytes go. */
  room(): Buffer {
    if (this.#filling === undefined || this.#capacity - this.#filled < minRoomBytes) {
      this.#cut();
      if (this.#filling !== undefined) this.#freeAfterThose.push(this.#filling);
      this.#filling = takeBuffer();
      this.#capacity = gatheredBytes(this.#isEncrypted);
      this.#handedOver = this.#filled = 0;
    }
    const share = isCrowded() ? maxShareBytes : Infinity;
    return this.#filling.subarray(this.#filled, Math.min(this.#capacity, this.#filled + share));
  }

  /** So many bytes have come into the last `room`. */
  add(count: number): void {
    this.#filled += count;
    this.#bytes += count;
  }

  /** A chunk has come that lies elsewhere. */
  addChunk(chunk: Buffer): void {
    this.#cut();
    this.#waiting.push(chunk);
    this.#bytes += chunk.length;
  }

  /** All that waits, in order. It is the taker's until `written`. */
  take(): readonly Buffer[] {
    this.#cut();
    const chunks = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    this.#freeAfterThese = this.#freeAfterThose;
    this.#freeAfterThose = [];
    return chunks;
  }

  /** What was taken last is needed no more. */
  written(): void {
    this.#freeAfterThese.forEach(giveBuffer);
    this.#freeAfterThese = [];
  }

  /** Everything is written, and nothing reads into `room` any more. */
  release(): void {
    if (this.#filling !== undefined) giveBuffer(this.#filling);
    this.#filling = undefined;
  }

  #cut(): void {
    if (this.#filled === this.#handedOver) return;
    const piece = this.#filling?.subarray(this.#handedOver, this.#filled);
    if (piece !== undefined) this.#waiting.push(piece);
    this.#handedOver = this.#filled;
  }
}
