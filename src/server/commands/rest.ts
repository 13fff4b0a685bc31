/** REST: the byte at which the next transfer begins (RFC 3659 section 5). */

import { parseRestOffset } from '../../protocol/index.ts';
import { replies, reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';
import { kept, notKept } from './requirement.ts';

export const rest = defineCommand({
  verbs: ['REST'],
  argument: 'required',
  features: () => ['REST STREAM'],
  help: 'REST offset',
  clause: 'RFC 3659 section 5',
  requirements: [
    kept(
      'RFC 3659 section 5',
      'The next RETR or STOR begins at that byte of what travels, in either type; 554 behind the end.',
    ),
    kept('RFC 3659 section 5.4', 'FEAT says REST STREAM.'),
    notKept('RFC 959 section 3.5', 'Takes markers of block and compressed mode.', 'Stream mode has none (RFC 3659).'),
  ],
  run: (session, argument) => {
    const offset = parseRestOffset(argument);
    if (offset === undefined) return replies.badSyntax('Syntax: REST offset, a count of bytes');
    session.restartOffset = offset;
    session.fire('restart-given');
    return reply(350, `Restarting at ${offset}`);
  },
});
