/** Where symbolic links lead that stand in the place of a file to be written: the links stay. */

import { lstat, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { TwinlineError } from '../errors/index.ts';
import { localFileError } from './local-error.ts';

/** What the kernel follows at most. */
const maxLinks = 40;

/**
 * The file that `path` leads to, which need not exist yet; `path` itself where no link stands there. Throws
 * `ERR_TWINLINE_LOCAL_FILE` where links lead in a circle or into a folder that does not exist.
 */
export async function behindLinks(path: string): Promise<string> {
  let place = path;
  for (let links = 0; links <= maxLinks; links += 1) {
    const found = await lstat(place).catch(() => undefined);
    if (found?.isSymbolicLink() !== true) return place;
    place = await nextPlace(place, path);
  }
  throw refusal(path, 'it is a symbolic link that leads in a circle; remove it or choose another place');
}

/** One link further. Folders on the way are taken as they are, so that `..` means what it means to the kernel. */
async function nextPlace(place: string, path: string): Promise<string> {
  try {
    const target = resolve(await realpath(dirname(place)), await readlink(place));
    const folder = await realpath(dirname(target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      throw refusal(path, `it is a symbolic link to "${target}", whose folder does not exist; create that folder`);
    });
    return join(folder, basename(target));
  } catch (error) {
    throw localFileError(path, 'created', error);
  }
}

function refusal(path: string, why: string): TwinlineError {
  return new TwinlineError('ERR_TWINLINE_LOCAL_FILE', `The local file "${path}" cannot be created: ${why}.`);
}
