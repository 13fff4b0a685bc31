/** What has come on a line and was not read yet, within a bound: a peer that sends without an end must not fill the memory. */

/** Bytes that a line keeps where nobody bounds it otherwise. */
const maxUnreadBytes = 256 * 1024 * 1024;

/** More has come than a line keeps. It was closed here. */
export class TooManyBytesError extends Error {
  constructor(maxBytes: number) {
    super(`More than ${maxBytes / 1024 / 1024} MiB came on one line, and no end of them was in sight.`);
    this.name = 'TooManyBytesError';
  }
}

export class UnreadBytes {
  maxBytes: number = maxUnreadBytes;
  /** Set when more came than is kept; nothing is kept from then on. */
  overflow: TooManyBytesError | undefined;
  #chunks: Buffer[] = [];
  #bytes = 0;

  put(chunk: Buffer): void {
    if (this.overflow !== undefined) return;
    this.#bytes += chunk.length;
    if (this.#bytes <= this.maxBytes) this.#chunks.push(chunk);
    else {
      this.overflow = new TooManyBytesError(this.maxBytes);
      this.clear();
    }
  }

  /** All of it, which stays. */
  look(): Buffer {
    const all = Buffer.concat(this.#chunks);
    this.#chunks = all.length === 0 ? [] : [all];
    return all;
  }

  /** The first `length` bytes, or all. */
  take(length?: number): Buffer {
    const all = this.look();
    const taken = all.subarray(0, length);
    this.#chunks = taken.length === all.length ? [] : [all.subarray(taken.length)];
    this.#bytes -= taken.length;
    return taken;
  }

  clear(): void {
    this.#chunks = [];
    this.#bytes = 0;
  }
}
