/** Errors of local files, each one sentence that says what to do. */

import { TwinlineError } from '../errors/index.ts';

const advice: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist; check the path',
  EACCES: 'permission is denied; check owner and mode of the file and its folder',
  EPERM: 'this is not permitted; check owner and mode of the file and its folder',
  EISDIR: 'it is a folder; name a file',
  ENOTDIR: 'a part of the path is no folder; check the path',
  ENOSPC: 'the disk is full; free some space and start again',
  EDQUOT: 'the disk quota is used up; free some space and start again',
  EROFS: 'the file system is read-only; choose another place',
  ELOOP: 'a symbolic link stands there, which is not followed; remove it or choose another place',
  EMFILE: 'too many files are open; raise the limit of open files',
  ENAMETOOLONG: 'the name is too long; choose a shorter one',
  EFBIG: 'the file would be larger than the file system allows',
};

/** `act` fits behind "cannot be": `read`, `written`, `created`. */
export function localFileError(path: string, act: string, cause: unknown): TwinlineError {
  if (cause instanceof TwinlineError) return cause;
  const error = cause as NodeJS.ErrnoException;
  const isFolderMissing = error.code === 'ENOENT' && act === 'created';
  const why = isFolderMissing
    ? 'its folder does not exist; create it or choose another path'
    : (advice[error.code ?? ''] ?? error.message);
  return new TwinlineError('ERR_TWINLINE_LOCAL_FILE', `The local file "${path}" cannot be ${act}: ${why}.`, { cause });
}
