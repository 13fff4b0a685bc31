/** Big files: made, and taken away when they have arrived. */

import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

export const mebibyte = 1024 * 1024;
export const gibibyte = 1024 * mebibyte;

/** Makes a file that every server may read, of whole mebibytes. */
export async function makeBigFile(path: string, bytes: number): Promise<void> {
  const piece = Buffer.alloc(mebibyte, 0x61);
  function* pieces() {
    for (let left = bytes; left > 0; left -= piece.length) yield piece;
  }
  await pipeline(pieces, createWriteStream(path, { mode: 0o644 }));
}

/** Removes a file that has arrived; rejects unless it has so many bytes. */
export async function collectBigFile(path: string, bytes: number): Promise<void> {
  const { size } = await stat(path);
  await rm(path);
  if (size !== bytes) throw new Error(`The file has ${size} bytes in place of ${bytes}.`);
}
