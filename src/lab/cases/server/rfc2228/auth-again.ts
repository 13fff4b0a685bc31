/** B09, B22: AUTH TLS where TLS is on already. */

import { defineServerCase, type OutcomeRecord, type Seen } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import type { ServerLab } from '../../../server-lab/server-lab.ts';

type Outcome = 'refused' | 'accepted' | 'lost' | 'ended';

const outcomes: Readonly<Record<Outcome, OutcomeRecord>> = {
  refused: { grade: 'info', says: 'AUTH inside of TLS is refused, and the session goes on' },
  accepted: { grade: 'info', says: 'AUTH inside of TLS is answered by 234' },
  ended: { grade: 'info', says: 'AUTH inside of TLS ends the session' },
  lost: { grade: 'fail', says: 'AUTH inside of TLS is refused, and the session cannot be used behind it' },
};

async function authInside(lab: ServerLab): Promise<Seen<Outcome>> {
  const session = await lab.greeted();
  await session.secure();
  const reply = await session.command('AUTH TLS').catch(() => undefined);
  if (reply === undefined || reply.code === 421) return { outcome: 'ended', facts: reply?.text ?? 'no reply' };
  const facts = reply.text;
  if (classOf(reply) < 4) return { outcome: 'accepted', facts };
  const next = await session.command(`USER ${lab.target.user}`).catch(() => undefined);
  return { outcome: next === undefined ? 'lost' : 'refused', facts: `${facts}; ${next?.text ?? 'nothing'}` };
}

export const authTwice = defineServerCase({
  id: 'rfc2228/3/auth-twice',
  row: 'B09',
  area: 'tls',
  level: 'MAY',
  clause: 'RFC 2228 section 3, RFC 4217 section 4.2',
  requirement: 'A second AUTH may be taken or refused; a refusal leaves the session as it is.',
  outcomes,
  advice: 'Refuse AUTH inside of TLS by 503.',
  needs: ['explicit-tls'],
  run: authInside,
});

export const authInImplicitTls = defineServerCase({
  id: 'engineering/tls/auth-in-implicit-tls',
  row: 'B22',
  area: 'tls',
  level: 'engineering',
  clause: 'engineering',
  requirement: 'AUTH TLS on an implicit port may be taken or refused; a refusal leaves the session as it is.',
  outcomes,
  advice: 'Refuse AUTH inside of TLS by 503.',
  run(lab) {
    if (lab.target.security !== 'implicit') lab.skip('only for implicit TLS (ftps://)');
    return authInside(lab);
  },
});
