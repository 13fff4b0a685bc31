/** REST: the byte at which the next transfer begins (RFC 3659 section 5). */

import { parseRestOffset } from '../../protocol/index.ts';
import { replies, reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';

export const rest = defineCommand({
  verbs: ['REST'],
  argument: 'required',
  features: () => ['REST STREAM'],
  help: 'REST offset',
  clause: 'RFC 3659 section 5',
  run: (session, argument) => {
    const offset = parseRestOffset(argument);
    if (offset === undefined) return replies.badSyntax('Syntax: REST offset, a count of bytes');
    session.restartOffset = offset;
    session.fire('restart-given');
    return reply(350, `Restarting at ${offset}`);
  },
});
