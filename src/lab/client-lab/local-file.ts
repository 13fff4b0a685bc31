/** What a client under test has left under its local name: it may be longer than any memory, and no file at all. */

import { constants, open } from 'node:fs/promises';

export interface LocalFile {
  /** The file, or its beginning where it is longer than what was to be moved. */
  readonly bytes: Buffer;
  readonly size: number;
}

/** Reads one byte more than `expectedBytes` at most. Undefined where there is no regular file. */
export async function readLocalFile(path: string, expectedBytes: number): Promise<LocalFile | undefined> {
  // Without a wait for somebody who writes, should it be a pipe.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const found = await file.stat();
    if (!found.isFile()) return undefined;
    const bytes = Buffer.alloc(Math.min(found.size, expectedBytes + 1));
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return { bytes: bytes.subarray(0, length), size: found.size };
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
