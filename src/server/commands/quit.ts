/** QUIT: the end of the session; a running transfer is waited for (RFC 959 section 4.1.1). */

import { replies } from '../replies.ts';
import { defineCommand } from './define-command.ts';
import { kept } from './requirement.ts';

export const quit = defineCommand({
  verbs: ['QUIT'],
  argument: 'none',
  beforeLogin: true,
  inClear: true,
  help: 'QUIT',
  clause: 'RFC 959 section 4.1.1',
  requirements: [kept('RFC 959 section 4.1.1', 'Ends the session; a running transfer comes to its end first.')],
  run: (session) => {
    session.end('quit', '', replies.goodbye);
    return undefined;
  },
});
