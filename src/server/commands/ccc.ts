/** CCC: the control connection goes on in clear, the data connections stay as they are (RFC 4217 section 5). */

import { replies, reply } from '../replies.ts';
import { dropTls } from '../session-tls.ts';
import { defineCommand } from './define-command.ts';
import { kept, keptInPart } from './requirement.ts';

export const ccc = defineCommand({
  verbs: ['CCC'],
  argument: 'none',
  // Whoever asks in clear hears of the missing TLS first (RFC 2228 section 3).
  beforeLogin: true,
  inClear: true,
  features: (session) => (session.settings.ccc && session.settings.tls !== 'off' ? ['CCC'] : []),
  help: 'CCC',
  clause: 'RFC 2228 section 3, RFC 4217 section 5',
  requirements: [
    kept(
      'RFC 2228 section 3',
      'Gives up the protection of the control connection: 200; 533 where there is none, 534 where it stays.',
    ),
    keptInPart(
      'RFC 4217 section 5',
      'The control connection goes on in clear behind the reply.',
      'Where the operator allows it; not by default.',
    ),
  ],
  run: (session) => {
    if (session.state.security !== 'tls') return reply(533, 'The control connection is not under TLS');
    if (session.state.login !== 'in') return replies.loginNeeded;
    if (!session.settings.ccc || !session.channel.canClearTls)
      return reply(534, 'This server keeps the control connection under TLS');
    if (session.hasWaitingInput()) {
      session.dropWaitingInput();
      return replies.badSequence('Commands came behind CCC before its reply; they were dropped and TLS was kept');
    }
    return dropTls(session, reply(200, 'The control connection goes on in clear'), 'security-cleared');
  },
});
