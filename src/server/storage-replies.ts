/** The one map from what a storage backend reports to the reply that the client gets. */

import type { StorageError, StorageErrorKind } from '../errors/index.ts';
import { printable, type Reply } from '../protocol/index.ts';
import { reply } from './replies.ts';

const answers: Record<StorageErrorKind, { readonly code: number; readonly text: string }> = {
  'not-found': { code: 550, text: 'No such file or directory' },
  'already-exists': { code: 550, text: 'There is a file or directory of this name already' },
  'not-a-directory': { code: 550, text: 'Not a directory' },
  'is-a-directory': { code: 550, text: 'Is a directory' },
  'not-empty': { code: 550, text: 'The directory is not empty' },
  'permission-denied': { code: 550, text: 'Permission denied' },
  'name-not-allowed': { code: 553, text: 'This file name is not allowed' },
  'bad-offset': { code: 554, text: 'The restart offset is behind the end of the file' },
  'no-space': { code: 452, text: 'Insufficient storage space' },
  'quota-exceeded': { code: 552, text: 'The storage allocation of this user is used up' },
  'read-only': { code: 550, text: 'The storage is read-only' },
  busy: { code: 450, text: 'The file is busy, try again later' },
  'not-supported': { code: 504, text: 'Not possible for this file' },
  aborted: { code: 426, text: 'Aborted' },
  io: { code: 451, text: 'The storage failed, try again later' },
};

/** The reply for a storage error about `path`, the path as the user sees it; nothing of the host is named. */
export function storageReply(error: StorageError, path: string): Reply {
  const { code, text } = answers[error.kind];
  const words = error.words ?? text;
  return reply(code, path === '' ? words : `${printable(path)}: ${words}`);
}
