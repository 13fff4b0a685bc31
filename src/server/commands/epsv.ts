/** EPSV: a passive data connection on the control connection's own family and address (RFC 2428 section 3). */

import { isIpv4, parseEpsvArgument, serialiseEpsvReplyText } from '../../protocol/index.ts';
import { replies, reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';
import { openPassivePort } from './open-passive-port.ts';
import { kept } from './requirement.ts';

export const epsv = defineCommand({
  verbs: ['EPSV'],
  argument: 'optional',
  features: () => ['EPSV'],
  help: 'EPSV [1|2|ALL]',
  clause: 'RFC 2428 section 3',
  requirements: [
    kept(
      'RFC 2428 section 3',
      'Opens a port on the address of the control connection: 229; 522 for the other family, 501 for what is none.',
    ),
    kept('RFC 2428 section 4', 'After EPSV ALL refuses PASV, PORT and EPRT until the session ends.'),
  ],
  run: (session, argument) => {
    const wanted = parseEpsvArgument(argument);
    if (wanted === undefined) return replies.badSyntax('Syntax: EPSV [1|2|ALL]');
    if (wanted.kind === 'all') {
      session.fire('epsv-all-accepted');
      return reply(200, 'EPSV ALL: only EPSV opens data connections from now on');
    }
    const family = isIpv4(session.localHost) ? 1 : 2;
    if (wanted.kind === 'protocol' && wanted.protocol !== family) {
      return reply(522, `Network protocol not supported, use (${family})`);
    }
    return openPassivePort(session, { verb: 'EPSV' }, (port) => reply(229, serialiseEpsvReplyText(port)));
  },
});
