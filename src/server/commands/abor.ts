/** ABOR: its effect on a transfer comes when it is read (`command-loop.ts`); this is its own answer (RFC 959 section 4.1.3). */

import { replies } from '../replies.ts';
import { defineCommand } from './define-command.ts';
import { kept } from './requirement.ts';

export const abor = defineCommand({
  verbs: ['ABOR'],
  argument: 'none',
  help: 'ABOR',
  clause: 'RFC 959 section 4.1.3, section 3.2 condition 2',
  requirements: [
    kept(
      'RFC 959 section 4.1.3',
      'Ends a running transfer at once: 426 for the transfer, then 226 for ABOR; 226 alone where none runs.',
    ),
    kept('RFC 959 section 3.2', 'Closes the data connection: condition 2 of five.'),
  ],
  run: (session) => {
    session.slot.clear();
    session.fire('data-closed');
    return replies.abortDone;
  },
});
