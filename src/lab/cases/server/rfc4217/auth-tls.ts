/** B01, B02, B07: the ways to ask for TLS that every server takes. */

import { defineServerCase, type OutcomeRecord } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import { handshakeFailure } from '../../../server-lab/handshake.ts';
import type { ServerLab } from '../../../server-lab/server-lab.ts';

type AuthOutcome = 'secured' | 'wants-data' | 'other-code' | 'no-handshake' | 'mute';

const outcomes: Readonly<Record<AuthOutcome, OutcomeRecord>> = {
  secured: { grade: 'pass', says: '234, a handshake, and replies inside of TLS' },
  'wants-data': { grade: 'broken', says: '334 announces an exchange of ADAT, which TLS does not have' },
  'other-code': { grade: 'broken', says: 'it is not answered by 234' },
  'no-handshake': { grade: 'broken', says: '234 comes, and no handshake can be done' },
  mute: { grade: 'broken', says: 'nothing is answered behind the handshake' },
};

async function secureBy(lab: ServerLab, command: string): Promise<{ outcome: AuthOutcome; facts: string }> {
  const session = await lab.greeted();
  const reply = await session.command(command);
  const facts = reply.text;
  if (classOf(reply) === 3) return { outcome: 'wants-data', facts };
  if (reply.code !== 234) return { outcome: 'other-code', facts };
  const failure = await handshakeFailure(session);
  if (failure !== undefined) return { outcome: 'no-handshake', facts: `${facts}; ${failure}` };
  const asked = await session.command(`USER ${lab.target.user}`).catch(() => undefined);
  if (asked === undefined) return { outcome: 'mute', facts };
  return { outcome: 'secured', facts: `${facts}; ${session.control.tls?.getProtocol() ?? 'TLS'}; ${asked.text}` };
}

export const authTls = defineServerCase({
  id: 'rfc4217/4.2/auth-tls',
  row: 'B01',
  area: 'tls',
  level: 'MUST',
  clause: 'RFC 4217 sections 4.2 and 17',
  requirement: 'AUTH TLS is answered by 234, and a TLS handshake follows at once.',
  outcomes,
  advice: 'Answer 234 to AUTH TLS and begin the handshake as the TLS server on the same connection.',
  smoke: true,
  needs: ['explicit-tls'],
  run: (lab) => secureBy(lab, 'AUTH TLS'),
});

export const authTlsC = defineServerCase({
  id: 'rfc4217/17/auth-tls-c',
  row: 'B02',
  area: 'tls',
  level: 'SHOULD',
  clause: 'RFC 4217 section 17',
  requirement: 'AUTH TLS-C is taken as another name of AUTH TLS.',
  outcomes,
  advice: 'Take TLS-C as a synonym for TLS, for clients that follow older drafts.',
  needs: ['explicit-tls'],
  run: (lab) => secureBy(lab, 'AUTH TLS-C'),
});

export const authLowerCase = defineServerCase({
  id: 'rfc2228/3/auth-lower-case',
  row: 'B07',
  area: 'tls',
  level: 'MUST',
  clause: 'RFC 2228 section 3, RFC 959 section 5.3',
  requirement: 'Neither the verb AUTH nor the name of the mechanism depends on upper or lower case.',
  outcomes,
  advice: 'Compare verbs and mechanisms without regard to case.',
  needs: ['explicit-tls'],
  run: (lab) => secureBy(lab, 'auth tls'),
});
