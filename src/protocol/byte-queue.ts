/** A growing window of bytes with one copy in and one copy out, under every codec that waits for the end of a line. */

const initialCapacity = 256;
/** An emptied buffer above this size is given back, so that one burst does not cost an idle session its memory. */
const keptCapacityBytes = 64 * 1024;

/** Bytes in, in any pieces; offsets count from the oldest byte that is still held. Appending is linear overall. */
export class ByteQueue {
  #buffer = new Uint8Array(initialCapacity);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  append(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#buffer.length) this.#makeRoom(bytes.length);
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Offset of the first `byte` at or behind `from`, or -1. */
  indexOf(byte: number, from = 0): number {
    const index = this.#buffer.subarray(this.#start + from, this.#end).indexOf(byte);
    return index === -1 ? -1 : index + from;
  }

  /** A view that is valid only until the next change of the queue. */
  view(from: number, to: number): Uint8Array {
    return this.#buffer.subarray(this.#start + from, this.#start + to);
  }

  /** Removes the first `count` bytes and returns a copy of them. */
  take(count: number): Uint8Array {
    const taken = this.#buffer.slice(this.#start, this.#start + count);
    this.drop(count);
    return taken;
  }

  /** Removes the first `count` bytes. */
  drop(count: number): void {
    this.#start += count;
    if (this.#start < this.#end) return;
    this.#start = 0;
    this.#end = 0;
    if (this.#buffer.length > keptCapacityBytes) this.#buffer = new Uint8Array(initialCapacity);
  }

  /** Moves only when at least half the buffer is free in front, which keeps the cost per byte constant. */
  #makeRoom(extra: number): void {
    const needed = this.length + extra;
    if (needed <= this.#buffer.length && this.#start >= this.#buffer.length / 2) {
      this.#buffer.copyWithin(0, this.#start, this.#end);
    } else {
      const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
      grown.set(this.#buffer.subarray(this.#start, this.#end));
      this.#buffer = grown;
    }
    this.#end -= this.#start;
    this.#start = 0;
  }
}
