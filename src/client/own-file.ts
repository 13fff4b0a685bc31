/** Files that a transfer fills: made anew for each beginning, so that two programs never write into the same one. */

import type { Stats } from 'node:fs';
import { constants, type FileHandle, lstat, open, unlink } from 'node:fs/promises';
import { TwinlineError } from '../errors/index.ts';
import { nativePath } from './native-path.ts';

const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = constants;

/** Between the look and the making of a file another program may put one there. */
const attempts = 3;

/** Another program has begun anew in the place of a file; what is there now belongs to it. */
export class TakenOverError extends TwinlineError {
  constructor(shownAs: string) {
    const message = `The local file "${shownAs}" was not finished: another program fetches to the same place and has taken it over; run one at a time.`;
    super('ERR_TWINLINE_LOCAL_FILE', message);
  }
}

/** Makes an empty file; a regular file of that name goes, and stays whole for whoever has it open. */
export async function createAnew(path: string): Promise<FileHandle> {
  const native = nativePath(path);
  for (let tries = 1; ; tries += 1) {
    try {
      return await open(native, O_RDWR | O_CREAT | O_EXCL, 0o666);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || tries >= attempts) throw error;
    }
    const found = await lstat(native).catch(() => undefined);
    if (found !== undefined) requireRegular(found);
    await unlink(native).catch(ignoreMissing);
  }
}

/** Opens the file that is there, or makes one. */
export async function openToGoOn(path: string): Promise<FileHandle> {
  const handle = await open(nativePath(path), O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o666);
  try {
    requireRegular(await handle.stat());
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Throws `TakenOverError` where `path` is not the open file any more, because another program began there anew. */
export async function requireStillOwn(path: string, handle: FileHandle, shownAs: string): Promise<void> {
  if (await isStillOwn(path, handle)) return;
  throw new TakenOverError(shownAs);
}

export async function isStillOwn(path: string, handle: FileHandle): Promise<boolean> {
  const own = await handle.stat({ bigint: true });
  const there = await lstat(nativePath(path), { bigint: true }).catch(() => undefined);
  return there?.ino === own.ino && there.dev === own.dev;
}

function requireRegular(stats: Stats): void {
  if (stats.isFile()) return;
  throw Object.assign(new Error('what stands there is no regular file'), { code: 'EEXIST' });
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
