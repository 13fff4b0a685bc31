/** C02, C03: PBSZ 0, and PROT without it. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { outcomeByCode } from '../../../engine/outcome-by-code.ts';

export const protectionFirst = defineServerCase({
  id: 'rfc4217/9/protection-before-buffer-size',
  row: 'C02',
  area: 'tls',
  level: 'MUST',
  clause: 'RFC 4217 section 9, RFC 2228 section 3',
  requirement: 'PROT without PBSZ before it is refused by 503.',
  outcomes: {
    'bad-sequence': { grade: 'pass', says: 'PROT without PBSZ is answered by 503' },
    'other-refusal': { grade: 'non-strict', says: 'PROT without PBSZ is refused by another code than 503' },
    accepted: { grade: 'broken', says: 'PROT without PBSZ is accepted' },
  },
  advice: 'Answer 503 to PROT until PBSZ has been accepted.',
  smoke: true,
  needs: ['explicit-tls'],
  async run(lab) {
    const session = await lab.greeted();
    await session.secure();
    await session.logIn();
    return outcomeByCode(await session.command('PROT P'), {
      503: 'bad-sequence',
      refusal: 'other-refusal',
      other: 'accepted',
    });
  },
});

export const bufferSizeZero = defineServerCase({
  id: 'rfc4217/9/buffer-size-zero',
  row: 'C03',
  area: 'tls',
  level: 'MUST',
  clause: 'RFC 4217 section 9',
  requirement: 'PBSZ 0 is answered by 200 inside of TLS.',
  outcomes: {
    accepted: { grade: 'pass', says: 'PBSZ 0 is answered by 200' },
    'other-code': { grade: 'broken', says: 'PBSZ 0 is not answered by 200' },
  },
  advice: 'Answer "200 PBSZ=0" to PBSZ 0 inside of TLS.',
  needs: ['tls'],
  async run(lab) {
    const session = await lab.greeted();
    await session.secure();
    await session.logIn();
    return outcomeByCode(await session.command('PBSZ 0'), { 200: 'accepted', other: 'other-code' });
  },
});
