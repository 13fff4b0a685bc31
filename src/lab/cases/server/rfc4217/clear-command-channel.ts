/** B21: CCC, in clear and inside of TLS. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { outcomeByCode } from '../../../engine/outcome-by-code.ts';
import { commandInClear, serverEndsTls } from '../../../server-lab/clear-control.ts';

export const cccInClear = defineServerCase({
  id: 'rfc4217/5/ccc-in-clear',
  row: 'B21a',
  area: 'tls',
  level: 'MUST',
  clause: 'RFC 4217 section 5, RFC 2228 section 3',
  requirement: 'CCC without TLS is answered by 533, or by 500 where there is no CCC.',
  outcomes: {
    'not-protected': { grade: 'pass', says: 'CCC without TLS is answered by 533' },
    unknown: { grade: 'unimplemented', says: 'CCC is not implemented' },
    'other-refusal': { grade: 'non-strict', says: 'CCC without TLS is refused by another code than 533' },
    accepted: { grade: 'broken', says: 'CCC without TLS is accepted' },
  },
  advice: 'Answer 533 to CCC where the control connection is not under TLS.',
  needs: ['explicit-tls'],
  async run(lab) {
    const session = await lab.greeted();
    return outcomeByCode(await session.command('CCC'), {
      533: 'not-protected',
      500: 'unknown',
      502: 'unknown',
      refusal: 'other-refusal',
      other: 'accepted',
    });
  },
});

export const cccInTls = defineServerCase({
  id: 'rfc4217/5/ccc-in-tls',
  row: 'B21b',
  area: 'tls',
  level: 'MUST',
  clause: 'RFC 4217 section 5, RFC 2228 section 3',
  requirement: 'CCC inside of TLS is refused by 534 or 500, or answered by 200, and the connection goes on in clear.',
  outcomes: {
    refused: { grade: 'pass', says: 'CCC is refused by 534, and the session goes on under TLS' },
    unknown: { grade: 'unimplemented', says: 'CCC is not implemented' },
    'in-clear': {
      grade: 'pass',
      says: 'CCC is answered by 200, TLS ends in order, and commands in clear are answered',
    },
    'without-close-notify': { grade: 'unclean', says: 'CCC is answered by 200, and TLS does not end by close_notify' },
    mute: { grade: 'broken', says: 'CCC is answered by 200, and nothing is answered in clear' },
    'other-code': { grade: 'broken', says: 'CCC is answered by another code than 200, 500 and 534' },
  },
  advice: 'Refuse CCC by 534, or answer 200, end TLS by close_notify and read commands in clear.',
  needs: ['tls'],
  async run(lab) {
    const session = await lab.open();
    const reply = await session.command('CCC');
    const facts = reply.text;
    if (reply.code === 500 || reply.code === 502) return { outcome: 'unknown', facts };
    if (reply.code === 534 || reply.code === 533) return { outcome: 'refused', facts };
    if (reply.code !== 200) return { outcome: 'other-code', facts };
    const isNotified = await serverEndsTls(lab, session);
    const next = await commandInClear(session, 'PWD');
    if (next === undefined) return { outcome: 'mute', facts };
    return { outcome: isNotified ? 'in-clear' : 'without-close-notify', facts: `${facts}; ${next.text}` };
  },
});
