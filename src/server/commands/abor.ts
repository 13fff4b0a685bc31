/** ABOR: its effect on a transfer comes when it is read (`command-loop.ts`); this is its own answer (RFC 959 section 4.1.3). */

import { replies } from '../replies.ts';
import { defineCommand } from './define-command.ts';

export const abor = defineCommand({
  verbs: ['ABOR'],
  argument: 'none',
  help: 'ABOR',
  clause: 'RFC 959 section 4.1.3, section 3.2 condition 2',
  run: (session) => {
    session.slot.clear();
    session.fire('data-closed');
    return replies.abortDone;
  },
});
