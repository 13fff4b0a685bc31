/** SMNT: asks for another file system in place (RFC 959 section 4.1.1); what a user may use is mounted from the login on. */

import { printable } from '../../protocol/index.ts';
import { reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';
import { kept } from './requirement.ts';

export const smnt = defineCommand({
  verbs: ['SMNT'],
  argument: 'required',
  help: 'SMNT directory',
  clause: 'RFC 959 section 4.1.1',
  requirements: [
    kept(
      'RFC 959 section 4.1.1',
      'Mounts another file system. All that a user may use is in place from the login on, so that the command is superfluous (202).',
    ),
  ],
  run: async (session, argument) => {
    const path = session.path(argument);
    const entry = await session.storage.stat(path);
    if (entry.type !== 'directory') return reply(550, `${printable(path)}: Not a directory`);
    return reply(202, 'Superfluous: everything that you may use is mounted already, use CWD');
  },
});
