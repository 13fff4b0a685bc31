/** PORT: an active data connection over IPv4 (RFC 959 section 4.1.2). */

import { isIpv4, parseHostPort } from '../../protocol/index.ts';
import { replies, reply } from '../replies.ts';
import { giveActiveAddress } from './active-address.ts';
import { defineCommand } from './define-command.ts';

export const port = defineCommand({
  verbs: ['PORT'],
  argument: 'required',
  data: 'opener',
  help: 'PORT h1,h2,h3,h4,p1,p2',
  clause: 'RFC 959 section 4.1.2',
  run: (session, argument) => {
    if (session.state.openers === 'epsv-only') return replies.epsvOnly;
    const target = parseHostPort(argument);
    if (target === undefined) return replies.badSyntax('Syntax: PORT h1,h2,h3,h4,p1,p2');
    if (!isIpv4(session.localHost)) return reply(504, 'PORT is for IPv4 only, use EPRT or EPSV');
    return giveActiveAddress(session, 'PORT', target.host, target.port);
  },
});
