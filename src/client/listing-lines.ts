/** Cuts the bytes of a listing into lines as they come, within a bound. */

import { TwinlineError } from '../errors/index.ts';
import { releaseChunks } from '../net/index.ts';
import { decodePathText } from '../protocol/index.ts';

const lf = 0x0a;
const cr = 0x0d;

/** Longest line of a listing, in bytes: a path of the usual systems is no longer than 4 KiB, and facts stand before it. */
const maxLineBytes = 64 * 1024;

export class ListingLines {
  readonly #maxBytes: number;
  #total = 0;
  #rest: Buffer = Buffer.alloc(0);

  /** `maxBytes` bounds the listing as a whole. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that are whole now, as path text without line ends; empties the chunks. Throws `ERR_TWINLINE_LISTING_TOO_LONG`. */
  push(chunks: readonly Buffer[]): string[] {
    const lines: string[] = [];
    for (const chunk of chunks) {
      this.#total += chunk.length;
      if (this.#total > this.#maxBytes) throw tooLong(`more than ${this.#maxBytes} bytes`);
      // What is left over is copied: the memory of a chunk goes as soon as its lines are read.
      const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
      let start = 0;
      for (let end = bytes.indexOf(lf); end !== -1; end = bytes.indexOf(lf, start)) {
        lines.push(lineOf(bytes.subarray(start, end)));
        start = end + 1;
      }
      this.#rest = Buffer.from(bytes.subarray(start));
      releaseChunks([chunk, bytes]);
      if (this.#rest.length > maxLineBytes) throw tooLong(`a line of more than ${maxLineBytes} bytes`);
    }
    return lines;
  }

  /** The last line, when it has no line end. */
  finish(): string[] {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    return rest.length === 0 ? [] : [lineOf(rest)];
  }
}

function lineOf(bytes: Buffer): string {
  const end = bytes.at(-1) === cr ? bytes.length - 1 : bytes.length;
  return decodePathText(bytes.subarray(0, end));
}

function tooLong(what: string): TwinlineError {
  return new TwinlineError('ERR_TWINLINE_LISTING_TOO_LONG', `The server sent a listing with ${what}; it was cut off.`);
}
