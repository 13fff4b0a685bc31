/** Joins a resumed download to what is here: bytes that both have are fetched again and compared, before any is added. */

import { TwinlineError } from '../../errors/index.ts';
import type { ByteSink } from '../../net/index.ts';
import type { PartFile } from '../part-file.ts';

/**
 * Bytes before the offset that are fetched twice. A server that ignores REST, or has another file of the same size, shows by
 * them and by nothing else.
 */
const rejoinedBytes = 16 * 1024;

/** How many of the bytes that are here to fetch again: half of few, so that lines which break all the time still bring more. */
export function overlapFor(found: number): number {
  return Math.min(Math.ceil(found / 2), rejoinedBytes);
}

/** What arrives first is not what is here: the two are not parts of one file. */
export class RejoinRefused extends TwinlineError {
  constructor() {
    super('ERR_TWINLINE_INCOMPLETE', 'What the server sends behind REST does not fit what is here.');
  }
}

/** Takes a download that begins `overlap` bytes before the end of the part. */
export class RejoinedPart implements ByteSink {
  readonly isDoneWithChunks = true;
  readonly #part: PartFile;
  /** Bytes that are still to be compared. */
  #left: number;

  constructor(part: PartFile, overlap: number) {
    this.#part = part;
    this.#left = overlap;
  }

  /** Rejects with `RejoinRefused`; nothing has been added then. */
  async write(chunks: readonly Buffer[]): Promise<void> {
    if (this.#left === 0) return this.#part.write(chunks);
    const rest: Buffer[] = [];
    for (const chunk of chunks) {
      const compared = chunk.subarray(0, Math.min(chunk.length, this.#left));
      await this.#compare(compared);
      if (chunk.length > compared.length) rest.push(chunk.subarray(compared.length));
    }
    if (rest.length > 0) await this.#part.write(rest);
  }

  async #compare(bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return;
    const here = Buffer.allocUnsafe(bytes.length);
    const count = await this.#part.read(here, this.#part.bytes - this.#left);
    if (count !== bytes.length || !here.equals(bytes)) throw new RejoinRefused();
    this.#left -= bytes.length;
  }
}
