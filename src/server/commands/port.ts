/** PORT: an active data connection over IPv4 (RFC 959 section 4.1.2). */

import { isIpv4, parseHostPort } from '../../protocol/index.ts';
import { replies, reply } from '../replies.ts';
import { giveActiveAddress } from './active-address.ts';
import { defineCommand } from './define-command.ts';
import { kept, notKept } from './requirement.ts';

export const port = defineCommand({
  verbs: ['PORT'],
  argument: 'required',
  help: 'PORT h1,h2,h3,h4,p1,p2',
  clause: 'RFC 959 section 4.1.2',
  requirements: [
    kept('RFC 959 section 4.1.2', 'Takes address and port of the client.'),
    notKept(
      'RFC 959 section 4.1.2',
      'Connects to any address that is given.',
      'Only to the address of the control connection and no port under 1024, else 504: RFC 2577 calls the rest a bounce attack.',
    ),
  ],
  run: (session, argument) => {
    if (session.state.openers === 'epsv-only') return replies.epsvOnly;
    const target = parseHostPort(argument);
    if (target === undefined) return replies.badSyntax('Syntax: PORT h1,h2,h3,h4,p1,p2');
    if (!isIpv4(session.localHost)) return reply(504, 'PORT is for IPv4 only, use EPRT or EPSV');
    return giveActiveAddress(session, 'PORT', target.host, target.port);
  },
});
