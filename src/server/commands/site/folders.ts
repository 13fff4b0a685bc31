/** SITE MKDIR makes a directory with those above it, SITE RMDIR removes an empty one. */

import { StorageError } from '../../../errors/index.ts';
import { printable } from '../../../protocol/index.ts';
import { reply } from '../../replies.ts';
import type { Session } from '../../session.ts';
import { defineSiteCommand } from './define-site-command.ts';

/** Makes the directories above `path` that are not there. */
async function makeAbove(session: Session, path: string): Promise<void> {
  const names = path.split('/').slice(1, -1);
  for (const index of names.keys()) {
    try {
      await session.storage.makeDirectory(`/${names.slice(0, index + 1).join('/')}`);
    } catch (error) {
      if (!(error instanceof StorageError) || error.kind !== 'already-exists') throw error;
    }
  }
}

export const mkdir = defineSiteCommand({
  word: 'MKDIR',
  argument: 'required',
  permission: 'write',
  changes: 'make-directory',
  inFeatures: true,
  help: 'SITE MKDIR directory',
  run: async (session, argument) => {
    const path = session.path(argument);
    await makeAbove(session, path);
    await session.storage.makeDirectory(path);
    return reply(200, `${printable(path)} created`);
  },
});

/** Not in FEAT: where ProFTPD has it, it takes all that is in the directory with it. */
export const rmdir = defineSiteCommand({
  word: 'RMDIR',
  argument: 'required',
  permission: 'write',
  changes: 'remove-directory',
  help: 'SITE RMDIR directory',
  run: async (session, argument) => {
    const path = session.path(argument);
    if (path === '/') return reply(550, 'The root directory cannot be removed');
    await session.storage.removeDirectory(path);
    return reply(200, `${printable(path)} removed`);
  },
});
