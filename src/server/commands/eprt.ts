/** EPRT: an active data connection over IPv4 or IPv6 (RFC 2428 section 2). */

import { isIpv4, parseEprtArgument } from '../../protocol/index.ts';
import { replies, reply } from '../replies.ts';
import { giveActiveAddress } from './active-address.ts';
import { defineCommand } from './define-command.ts';
import { kept, notKept } from './requirement.ts';

export const eprt = defineCommand({
  verbs: ['EPRT'],
  argument: 'required',
  features: () => ['EPRT'],
  help: 'EPRT |1|address|port|',
  clause: 'RFC 2428 section 2',
  requirements: [
    kept(
      'RFC 2428 section 2',
      'Takes protocol, address and port; 522 with the family of the control connection for the other one.',
    ),
    notKept(
      'RFC 2428 section 2',
      'Connects to any address that is given.',
      'Only to the address of the control connection and no port under 1024, else 504: RFC 2577 calls the rest a bounce attack.',
    ),
  ],
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
