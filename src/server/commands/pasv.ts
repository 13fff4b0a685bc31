/** PASV: a passive data connection over IPv4 (RFC 959 section 4.1.2). */

import { isIpv4, type Reply, serialiseHostPort } from '../../protocol/index.ts';
import { replies, reply } from '../replies.ts';
import type { Session } from '../session.ts';
import { defineCommand } from './define-command.ts';
import { openPassivePort } from './open-passive-port.ts';
import { kept } from './requirement.ts';

async function announce(session: Session): Promise<Reply | undefined> {
  let host: string;
  try {
    host = await session.settings.passiveHosts.addressFor(session.remoteHost, session.localHost);
  } catch {
    return reply(425, 'The name of this server has no IPv4 address now, use EPSV');
  }
  if (session.closed) return undefined;
  return openPassivePort(session, { verb: 'PASV', announcedHost: host }, (port) =>
    reply(227, `Entering Passive Mode (${serialiseHostPort(host, port)})`),
  );
}

export const pasv = defineCommand({
  verbs: ['PASV'],
  argument: 'none',
  features: (session) => (isIpv4(session.localHost) ? ['PASV'] : []),
  help: 'PASV',
  clause: 'RFC 959 section 4.1.2',
  requirements: [
    kept('RFC 959 section 4.1.2', 'Opens a port and tells address and port: 227; 425 on IPv6, which PASV cannot tell.'),
    kept('RFC 1123 section 4.1.2.6', 'The server has PASV; each transfer needs a new one.'),
  ],
  run: (session) => {
    if (session.state.openers === 'epsv-only') return replies.epsvOnly;
    if (!isIpv4(session.localHost)) return reply(425, 'PASV is for IPv4 only, use EPSV');
    return announce(session);
  },
});
