/** SITE MKDIR makes a directory with those above it, SITE RMDIR removes an empty one. */

import { parentPath, printable } from '../../../protocol/index.ts';
import { isNotFound } from '../../../storage/index.ts';
import { reply } from '../../replies.ts';
import type { Session } from '../../session.ts';
import { defineSiteCommand } from './define-site-command.ts';

/** Makes a directory, and those above it that are not there: only these need the right. */
async function makeWithParents(session: Session, path: string): Promise<void> {
  try {
    await session.storage.makeDirectory(path);
  } catch (error) {
    if (!isNotFound(error) || parentPath(path) === '/') throw error;
    await makeWithParents(session, parentPath(path));
    await session.storage.makeDirectory(path);
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
    await makeWithParents(session, path);
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
