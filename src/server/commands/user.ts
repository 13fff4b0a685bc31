/** USER: the name; the answer is the same for every name (RFC 959 section 4.1.1). */

import { printable } from '../../protocol/index.ts';
import { replies } from '../replies.ts';
import { defineCommand } from './define-command.ts';

export const user = defineCommand({
  verbs: ['USER'],
  argument: 'required',
  beforeLogin: true,
  help: 'USER name',
  clause: 'RFC 959 section 4.1.1',
  run: (session, argument) => {
    session.forget();
    session.fire('data-closed');
    session.fire('user-named');
    session.userName = argument;
    return replies.passwordNeeded(printable(argument));
  },
});
