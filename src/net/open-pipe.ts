/** Opens a named pipe, which waits for somebody at its other end, so that the wait can be ended. */

import { closeSync, constants, openSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/**
 * Resolves as soon as the other end is open too. When `signal` fires before, rejects with its reason: the waiting thread
 * would otherwise hold even `process.exit`, so the other end is opened here, which ends its wait.
 */
export async function openPipe(path: string | Buffer, flags: number, signal?: AbortSignal): Promise<FileHandle> {
  signal?.throwIfAborted();
  let otherEnd: number | undefined;
  const release = (): void => {
    try {
      // Both ends in one, so that neither waits.
      otherEnd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    } catch {
      // The pipe has lost its name, and nobody can reach its other end any more.
    }
  };
  const opening = open(path, flags);
  signal?.addEventListener('abort', release, { once: true });
  try {
    const handle = await opening;
    if (signal?.aborted !== true) return handle;
    await handle.close();
    throw signal.reason;
  } finally {
    signal?.removeEventListener('abort', release);
    if (otherEnd !== undefined) closeSync(otherEnd);
  }
}
