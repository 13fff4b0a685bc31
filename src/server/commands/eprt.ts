/** EPRT: an active data connection over IPv4 or IPv6 (RFC 2428 section 2). */

import { isIpv4, parseEprtArgument } from '../../protocol/index.ts';
import { replies, reply } from '../replies.ts';
import { giveActiveAddress } from './active-address.ts';
import { defineCommand } from './define-command.ts';

export const eprt = defineCommand({
  verbs: ['EPRT'],
  argument: 'required',
  data: 'opener',
  features: () => ['EPRT'],
  help: 'EPRT |1|address|port|',
  clause: 'RFC 2428 section 2',
  run: (session, argument) => {
    if (session.state.openers === 'epsv-only') return replies.epsvOnly;
    const target = parseEprtArgument(argument);
    if (target === undefined) return replies.badSyntax('Syntax: EPRT |1|address|port|');
    const family = isIpv4(session.localHost) ? 1 : 2;
    if ('unsupported' in target || target.family !== family) {
      return reply(522, `Network protocol not supported, use (${family})`);
    }
    return giveActiveAddress(session, 'EPRT', target.host, target.port);
  },
});
