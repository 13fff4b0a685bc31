/** A file as a sequence of chunks, for what is converted on its way. */

import { StorageError } from '../../errors/index.ts';
import type { ReadHandle } from '../../storage/index.ts';
import { cr, lf, toNetworkText } from './ascii.ts';

const pieceBytes = 65_536;

/** A file that lost its end while it was read was cut, and an orderly end of the line would call it whole. */
export function refuseShrunk(file: ReadHandle, end: number): void {
  if (end >= file.size) return;
  throw new StorageError('io', '', `The file had ${file.size} bytes and was cut to ${end} while it was sent.`);
}

/** Reads a file from `start` on, piece by piece. */
export async function* piecesOf(file: ReadHandle, start = 0): AsyncGenerator<Buffer> {
  for (let position = start; ;) {
    const buffer = Buffer.allocUnsafe(pieceBytes);
    const count = await file.read(buffer, position);
    if (count === 0) {
      refuseShrunk(file, position);
      return;
    }
    position += count;
    yield buffer.subarray(0, count);
  }
}

/**
 * A file as network text (RFC 959 section 3.1.1.1) without its first `offset` bytes, which count as they travel. They
 * are read to be counted: the promise rejects with `bad-offset` where there are fewer, with `aborted` where `isWanted`
 * turns false meanwhile.
 */
export async function networkTextFrom(
  file: ReadHandle,
  offset: number,
  isWanted: () => boolean,
): Promise<AsyncIterable<Buffer>> {
  const text = toNetworkText(piecesOf(file));
  let left = offset;
  while (left > 0) {
    const step = isWanted() ? await text.next() : undefined;
    if (step === undefined || step.done === true) {
      await text.return(undefined);
      const kind = step === undefined ? 'aborted' : 'bad-offset';
      throw new StorageError(kind, '', `The restart offset ${offset} is behind the end of the text.`);
    }
    if (step.value.length > left) return behind(step.value.subarray(left), text);
    left -= step.value.length;
  }
  return text;
}

async function* behind(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

/** Where in a file the first `offset` bytes of its network text end. */
export interface TextPlace {
  readonly fileOffset: number;
  /** The place is between the CR and the LF of a line end, of which the file has only the LF. */
  readonly afterCr: boolean;
}

/** Finds the place. Rejects with `bad-offset` where the text has fewer bytes, with `aborted` when it is not wanted. */
export async function placeInText(file: ReadHandle, offset: number, isWanted: () => boolean): Promise<TextPlace> {
  let left = offset;
  let fileOffset = 0;
  let before = 0;
  for await (const piece of piecesOf(file)) {
    if (!isWanted()) throw new StorageError('aborted', '', 'The search for the restart offset was given up.');
    for (const byte of piece) {
      if (left === 0) return { fileOffset, afterCr: false };
      const isWidened = byte === lf && before !== cr;
      if (isWidened && left === 1) return { fileOffset, afterCr: true };
      left -= isWidened ? 2 : 1;
      fileOffset += 1;
      before = byte;
    }
  }
  if (left === 0) return { fileOffset, afterCr: false };
  throw new StorageError('bad-offset', '', `The restart offset ${offset} is behind the end of the text.`);
}

/** Bytes of a file as network text. */
export async function networkTextSize(file: ReadHandle): Promise<number> {
  let bytes = 0;
  for await (const chunk of toNetworkText(piecesOf(file))) bytes += chunk.length;
  return bytes;
}
