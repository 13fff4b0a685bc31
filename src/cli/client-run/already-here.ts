/** Tells files that an earlier run has fetched from those that it has not come to. */

import { stat } from 'node:fs/promises';
import type { Client } from '../../client/index.ts';
import { ReplyError } from '../../errors/index.ts';
import type { DownloadJob } from './download-targets.ts';

/** True where the file here has the size and the time of the one there, to the second. Asks the server only where there is one here. */
export async function isAlreadyHere(
  client: Client,
  { path, local }: DownloadJob,
  signal: AbortSignal,
): Promise<boolean> {
  const present = await stat(local).catch(() => undefined);
  if (present === undefined || !present.isFile()) return false;
  try {
    const [size, modifiedMs] = [await client.size(path, { signal }), await client.modified(path, { signal })];
    return present.size === size && Math.abs(present.mtimeMs - modifiedMs) < 1000;
  } catch (error) {
    if (error instanceof ReplyError) return false;
    throw error;
  }
}
