/** Makes `StorageError`s whose message is one sentence about the virtual path. */

import { StorageError, type StorageErrorKind } from '../errors/index.ts';
import { printable } from '../protocol/index.ts';

const sentences: Record<StorageErrorKind, string> = {
  'not-found': 'No such file or folder',
  'already-exists': 'The name is taken',
  'not-a-directory': 'Not a folder',
  'is-a-directory': 'This is a folder',
  'not-empty': 'The folder is not empty',
  'permission-denied': 'Permission denied',
  'name-not-allowed': 'This name is not allowed',
  'no-space': 'No space left in the storage',
  'quota-exceeded': 'The quota is used up',
  'read-only': 'The storage is read-only',
  busy: 'The storage is busy',
  'not-supported': 'The storage cannot do this',
  'bad-offset': 'The restart offset lies behind the end of what is there',
  aborted: 'The operation was cancelled',
  io: 'The storage failed',
};

/** A `StorageError` whose words the user reads as they are. */
export function explainedStorageError(kind: StorageErrorKind, path: string, words: string): StorageError {
  return new StorageError(kind, path, `${words}: ${printable(path)}`, { words });
}

/** A `StorageError` about the virtual path `path`; `cause` is for the log only and may name paths of the host. */
export function storageError(kind: StorageErrorKind, path: string, cause?: unknown): StorageError {
  return new StorageError(kind, path, `${sentences[kind]}: ${printable(path)}`, { cause });
}

/** Whether an error says that nothing stands under the path. */
export function isNotFound(error: unknown): boolean {
  return error instanceof StorageError && error.kind === 'not-found';
}

/** What `work` resolves with; undefined where it rejects because nothing stands under the path. */
export async function unlessNotFound<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
