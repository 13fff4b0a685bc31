/** The ASCII type (RFC 959 section 3.1.1.1): lines end with CRLF on the network and with LF on disk. */

export const cr = 0x0d;
export const lf = 0x0a;

/** Puts a CR before each LF that has none, across chunk borders. */
export async function* toNetworkText(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let afterCr = false;
  for await (const chunk of chunks) {
    const out = Buffer.allocUnsafe(chunk.length * 2);
    let length = 0;
    for (const byte of chunk) {
      if (byte === lf && !afterCr) out[length++] = cr;
      out[length++] = byte;
      afterCr = byte === cr;
    }
    yield out.subarray(0, length);
  }
}

/** Drops the CR of each CRLF, across chunk borders; a CR that stands alone is kept. */
export class ToLocalText {
  #heldCr: boolean;

  /** `afterCr`: the CR of a line end came in a transfer before this one, which goes on behind it. */
  constructor(afterCr = false) {
    this.#heldCr = afterCr;
  }

  push(chunk: Buffer): Buffer {
    const out = Buffer.allocUnsafe(chunk.length + 1);
    let length = 0;
    for (const byte of chunk) {
      if (this.#heldCr && byte !== lf) out[length++] = cr;
      this.#heldCr = byte === cr;
      if (!this.#heldCr) out[length++] = byte;
    }
    return out.subarray(0, length);
  }

  /** What is still held at the end of the text. */
  end(): Buffer {
    const rest = this.#heldCr ? Buffer.from([cr]) : Buffer.alloc(0);
    this.#heldCr = false;
    return rest;
  }
}
