/** RMD: removes an empty directory (RFC 959 section 4.1.3). */

import { reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';
import { kept } from './requirement.ts';

export const rmd = defineCommand({
  verbs: ['RMD', 'XRMD'],
  argument: 'required',
  permission: 'write',
  changes: 'remove-directory',
  help: 'RMD directory',
  clause: 'RFC 959 section 4.1.3',
  requirements: [kept('RFC 959 section 4.1.3', 'Removes a directory that is empty.')],
  run: async (session, argument) => {
    const path = session.path(argument);
    if (path === '/') return reply(550, 'The root directory cannot be removed');
    await session.storage.removeDirectory(path);
    return reply(250, 'Directory deleted successfully');
  },
});
