/** ACCT: an account beside the user name, which nobody needs here (RFC 959 section 4.1.1). */

import { reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';
import { keptInPart } from './requirement.ts';

export const acct = defineCommand({
  verbs: ['ACCT'],
  argument: 'required',
  help: 'ACCT account',
  clause: 'RFC 959 section 4.1.1',
  requirements: [
    keptInPart(
      'RFC 959 section 4.1.1',
      'Takes an account.',
      'No account is needed for anything, so that the answer is 202.',
    ),
  ],
  run: () => reply(202, 'No account is needed here'),
});
