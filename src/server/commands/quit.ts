/** QUIT: the end of the session; a running transfer is waited for (RFC 959 section 4.1.1). */

import { replies } from '../replies.ts';
import { defineCommand } from './define-command.ts';

export const quit = defineCommand({
  verbs: ['QUIT'],
  argument: 'none',
  beforeLogin: true,
  inClear: true,
  help: 'QUIT',
  clause: 'RFC 959 section 4.1.1',
  run: (session) => {
    session.end('quit', '', replies.goodbye);
    return undefined;
  },
});
