/** MKD: makes a directory (RFC 959 section 4.1.3 and appendix II). */

import { quotePath } from '../../protocol/index.ts';
import { reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';

export const mkd = defineCommand({
  verbs: ['MKD', 'XMKD'],
  argument: 'required',
  permission: 'write',
  changes: 'make-directory',
  help: 'MKD directory',
  clause: 'RFC 959 section 4.1.3, appendix II',
  run: async (session, argument) => {
    const path = session.path(argument);
    await session.storage.makeDirectory(path);
    return reply(257, `${quotePath(path)} created successfully`);
  },
});
