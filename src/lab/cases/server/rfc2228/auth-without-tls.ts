/** B08: AUTH TLS where the server can do no TLS. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import { handshakeFailure } from '../../../server-lab/handshake.ts';

export const authWithoutTls = defineServerCase({
  id: 'rfc2228/3/auth-without-tls',
  row: 'B08',
  area: 'tls',
  level: 'MUST',
  clause: 'RFC 2228 section 3',
  requirement:
    'A server that cannot do TLS now refuses AUTH TLS, by 431 where something is missing, and stays in clear.',
  outcomes: {
    refused: { grade: 'pass', says: 'AUTH TLS is refused, and the session goes on in clear' },
    lost: { grade: 'broken', says: 'the session cannot be used behind the refusal of AUTH TLS' },
    'other-code': { grade: 'broken', says: 'AUTH TLS is refused by a code that AUTH does not have' },
    'no-handshake': { grade: 'broken', says: 'AUTH TLS is answered by 234, and no handshake can be done' },
    'has-tls': { grade: 'info', says: 'the server can do TLS; name it by ftpes:// to have that tested' },
  },
  advice:
    'Refuse AUTH by 431 where a certificate is missing, by 534 where policy forbids TLS, by 502 where there is none.',
  async run(lab) {
    if (lab.target.security !== 'plain') lab.skip('only for servers that are named without TLS (ftp://)');
    const session = await lab.greeted();
    const reply = await session.command('AUTH TLS');
    const facts = reply.text;
    if (classOf(reply) < 4) {
      const failure = await handshakeFailure(session);
      return { outcome: failure === undefined ? 'has-tls' : 'no-handshake', facts };
    }
    if (![431, 500, 501, 502, 504, 530, 534].includes(reply.code)) return { outcome: 'other-code', facts };
    const next = await session.command(`USER ${lab.target.user}`).catch(() => undefined);
    return { outcome: next === undefined || classOf(next) > 3 ? 'lost' : 'refused', facts };
  },
});
