/** DELE: removes a file (RFC 959 section 4.1.3). */

import { reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';
import { kept } from './requirement.ts';

export const dele = defineCommand({
  verbs: ['DELE'],
  argument: 'required',
  permission: 'write',
  changes: 'delete',
  help: 'DELE file',
  clause: 'RFC 959 section 4.1.3',
  requirements: [kept('RFC 959 section 4.1.3', 'Removes a file, not a directory.')],
  run: async (session, argument) => {
    await session.storage.removeFile(session.path(argument));
    return reply(250, 'File deleted successfully');
  },
});
