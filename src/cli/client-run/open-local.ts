/** A local file as a stream, for uploads that no retry can take up again. */

import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { TwinlineError } from '../../errors/index.ts';
import { fileProblem } from '../file-problem.ts';

/** Throws `ERR_TWINLINE_LOCAL_FILE`. The stream closes the file. */
export async function openLocal(path: string): Promise<Readable> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    if ((await handle.stat()).isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
    return handle.createReadStream();
  } catch (cause) {
    await handle?.close();
    const message = `The local file "${path}" cannot be read: ${fileProblem(cause)}.`;
    throw new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message, { cause });
  }
}
