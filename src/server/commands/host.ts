/** HOST: which of the names of this server the client means (RFC 7151). */

import { parseHost, sameAddress } from '../../protocol/index.ts';
import { replies, reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';
import { kept } from './requirement.ts';

export const host = defineCommand({
  verbs: ['HOST'],
  argument: 'required',
  beforeLogin: true,
  inClear: true,
  features: () => ['HOST'],
  help: 'HOST name',
  clause: 'RFC 7151 section 3',
  requirements: [
    kept(
      'RFC 7151 section 3',
      'Takes the name of a virtual host before the login: 220, 504 for a name that is not served.',
    ),
    kept('RFC 7151 section 3.2.2', 'The name agrees with the one that TLS was begun for (SNI), else 504.'),
  ],
  run: (session, argument) => {
    if (session.state.login === 'in') return replies.badSequence('HOST comes before the login');
    const named = parseHost(argument);
    if (named === undefined) return replies.badSyntax('HOST takes a host name, an IPv4 address or an [IPv6 address]');
    // Who had begun to log in did so at another host.
    session.userName = undefined;
    if (session.state.login === 'named') session.fire('login-refused');
    if (named.kind === 'name') {
      const refusal = session.tls.nameHost(named.name);
      return refusal === undefined ? reply(220, 'Host accepted') : reply(504, refusal);
    }
    if (session.tls.takesAddress() && sameAddress(named.address, session.localHost)) return reply(220, 'Host accepted');
    return reply(504, 'That is not the address of this connection');
  },
});
