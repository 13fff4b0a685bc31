/** MKD: makes a directory (RFC 959 section 4.1.3 and appendix II). */

import { quotePath } from '../../protocol/index.ts';
import { reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';
import { kept } from './requirement.ts';

export const mkd = defineCommand({
  verbs: ['MKD', 'XMKD'],
  argument: 'required',
  permission: 'write',
  changes: 'make-directory',
  help: 'MKD directory',
  clause: 'RFC 959 section 4.1.3, appendix II',
  requirements: [
    kept('RFC 959 section 4.1.3', 'Makes a directory and tells its path.'),
    kept('RFC 959 section Appendix II', 'The path stands between quotes, quotes within it are doubled: 257.'),
  ],
  run: async (session, argument) => {
    const path = session.path(argument);
    await session.storage.makeDirectory(path);
    return reply(257, `${quotePath(path)} created successfully`);
  },
});
