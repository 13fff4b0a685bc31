/** NOOP: an answer and nothing else (RFC 959 section 4.1.3). */

import { reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';
import { kept } from './requirement.ts';

export const noop = defineCommand({
  verbs: ['NOOP'],
  argument: 'optional',
  beforeLogin: true,
  inClear: true,
  duringTransfer: true,
  keepsRename: true,
  help: 'NOOP',
  clause: 'RFC 959 section 4.1.3',
  requirements: [
    kept(
      'RFC 959 section 4.1.3',
      'Answers 200 and does nothing; also during a transfer, unless the server is set otherwise.',
    ),
  ],
  run: () => reply(200, 'OK'),
});
