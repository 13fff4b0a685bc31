/** A local file as a stream, for uploads that no retry can take up again. */

import { constants, type FileHandle, open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { TwinlineError } from '../../errors/index.ts';
import { openPipe } from '../../net/index.ts';
import { fileProblem } from '../file-problem.ts';

/** A pipe is waited for until it has a writer or `signal` fires. Throws `ERR_TWINLINE_LOCAL_FILE`. The stream closes the file. */
export async function openLocal(path: string, signal: AbortSignal): Promise<Readable> {
  let handle: FileHandle | undefined;
  try {
    const isPipe = (await stat(path)).isFIFO();
    handle = await (isPipe ? openPipe(path, constants.O_RDONLY, signal) : open(path, 'r'));
    if ((await handle.stat()).isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
    return handle.createReadStream();
  } catch (cause) {
    await handle?.close();
    if (signal.aborted) throw signal.reason;
    const message = `The local file "${path}" cannot be read: ${fileProblem(cause)}.`;
    throw new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message, { cause });
  }
}
