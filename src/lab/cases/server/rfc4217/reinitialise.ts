/** B20: REIN inside of TLS. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import { commandInClear, serverEndsTls } from '../../../server-lab/clear-control.ts';

export const reinitialise = defineServerCase({
  id: 'rfc4217/13/reinitialise',
  row: 'B20',
  area: 'tls',
  level: 'MUST',
  clause: 'RFC 4217 section 13',
  requirement: 'REIN is answered inside of TLS, forgets the login, and the connection goes on in clear.',
  outcomes: {
    'in-clear': { grade: 'pass', says: 'REIN is answered, TLS ends, and the session begins anew in clear' },
    refused: { grade: 'unimplemented', says: 'REIN is refused' },
    'keeps-tls': { grade: 'broken', says: 'REIN forgets the login and leaves TLS on' },
    'keeps-login': { grade: 'fail', says: 'behind REIN the user is still logged in' },
    ended: { grade: 'broken', says: 'REIN ends the session' },
    mute: { grade: 'broken', says: 'TLS ends behind REIN, and nothing is answered in clear' },
  },
  advice: 'Answer 220 to REIN under TLS, end TLS by close_notify, and go on in clear; or answer 502.',
  needs: ['explicit-tls'],
  async run(lab) {
    const session = await lab.open();
    const reply = await session.command('REIN').catch(() => undefined);
    if (reply === undefined || reply.code === 421) return { outcome: 'ended', facts: reply?.text ?? 'no reply' };
    const facts = reply.text;
    if (classOf(reply) > 3) return { outcome: 'refused', facts };
    if (await serverEndsTls(lab, session)) {
      const next = await commandInClear(session, 'PWD');
      if (next === undefined) return { outcome: 'mute', facts };
      return { outcome: next.code === 257 ? 'keeps-login' : 'in-clear', facts: `${facts}; ${next.text}` };
    }
    const next = await session.command('PWD').catch(() => undefined);
    if (next === undefined) return { outcome: 'ended', facts };
    return { outcome: next.code === 257 ? 'keeps-login' : 'keeps-tls', facts: `${facts}; ${next.text}` };
  },
});
