/** PBSZ: the protection buffer size, which under TLS is always 0 (RFC 4217 section 9). */

import { parsePbsz } from '../../protocol/index.ts';
import { replies, reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';
import { kept } from './requirement.ts';

export const pbsz = defineCommand({
  verbs: ['PBSZ'],
  argument: 'required',
  beforeLogin: true,
  // In clear it is refused with its own reply (RFC 2228 section 3).
  inClear: true,
  features: (session) => (session.settings.tls === 'off' ? [] : ['PBSZ']),
  help: 'PBSZ 0',
  clause: 'RFC 2228 section 3, RFC 4217 section 9',
  requirements: [
    kept('RFC 2228 section 3', 'Takes 0 to 2^32-1 under TLS; 503 in clear.'),
    kept('RFC 4217 section 9', 'Answers PBSZ=0: TLS needs no buffer size.'),
  ],
  run: (session, argument) => {
    if (session.state.security !== 'tls') return replies.badSequence('PBSZ needs TLS, use AUTH TLS first');
    if (parsePbsz(argument) === undefined) return replies.badSyntax('PBSZ takes a number from 0 to 4294967295');
    session.fire('buffer-size-set');
    return reply(200, 'PBSZ=0');
  },
});
