/** The one map from error codes of the operating system to kinds of `StorageError`. */

import { StorageError, type StorageErrorKind } from '../../errors/index.ts';
import { storageError } from '../storage-error.ts';

const kinds: Readonly<Record<string, StorageErrorKind>> = {
  ENOENT: 'not-found',
  /** A chain of links that leads nowhere, or a link where none is followed. */
  ELOOP: 'not-found',
  EEXIST: 'already-exists',
  ENOTDIR: 'not-a-directory',
  EISDIR: 'is-a-directory',
  ENOTEMPTY: 'not-empty',
  EACCES: 'permission-denied',
  EPERM: 'permission-denied',
  ENAMETOOLONG: 'name-not-allowed',
  /** The file system takes only names in its own encoding. */
  EILSEQ: 'name-not-allowed',
  ENOSPC: 'no-space',
  EDQUOT: 'quota-exceeded',
  /** The largest file that the file system or the limits of the process allow. */
  EFBIG: 'quota-exceeded',
  EROFS: 'read-only',
  EBUSY: 'busy',
  ETXTBSY: 'busy',
  EAGAIN: 'busy',
  EMFILE: 'busy',
  ENFILE: 'busy',
  ENOMEM: 'busy',
  /** From one file system to another, as between mounts within the root. */
  EXDEV: 'not-supported',
  EINVAL: 'not-supported',
  ENXIO: 'not-supported',
  ENOTSUP: 'not-supported',
  EOPNOTSUPP: 'not-supported',
  ENOSYS: 'not-supported',
};

/** The code of an error of the operating system; undefined for any other error. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/**
 * The `StorageError` for what a call of the operating system rejected with. Its message names the virtual path only;
 * the original error, which names paths of the host, is its cause. Errors that are none of the system's pass unchanged.
 */
export function fromErrno(error: unknown, path: string): unknown {
  if (error instanceof StorageError) return error;
  const code = errnoOf(error);
  return code === undefined ? error : storageError(kinds[code] ?? 'io', path, error);
}

/** Runs calls of the operating system and rejects with `StorageError`s about `path`. */
export async function mapErrno<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fromErrno(error, path);
  }
}

/** Resolves with undefined where nothing stands under the name. */
export async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
