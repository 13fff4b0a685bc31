/** C01, C04, C05: PBSZ without TLS, with a large number, and with no number at all. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { outcomeByCode } from '../../../engine/outcome-by-code.ts';
import { classOf } from '../../../engine/reply.ts';

export const bufferSizeInClear = defineServerCase({
  id: 'rfc2228/3/buffer-size-in-clear',
  row: 'C01',
  area: 'tls',
  level: 'MUST',
  clause: 'RFC 2228 section 3, RFC 4217 section 9',
  requirement: 'PBSZ before AUTH is refused by 503.',
  outcomes: {
    'bad-sequence': { grade: 'pass', says: 'PBSZ before AUTH is answered by 503' },
    'other-refusal': { grade: 'non-strict', says: 'PBSZ before AUTH is refused by another code than 503' },
    accepted: { grade: 'broken', says: 'PBSZ before AUTH is accepted' },
  },
  advice: 'Answer 503 to PBSZ until TLS is on.',
  needs: ['explicit-tls'],
  async run(lab) {
    const session = await lab.greeted();
    return outcomeByCode(await session.command('PBSZ 0'), {
      503: 'bad-sequence',
      refusal: 'other-refusal',
      other: 'accepted',
    });
  },
});

/** Asked for, in bytes. */
const largeSize = 1_048_576;

export const largeBufferSize = defineServerCase({
  id: 'rfc2228/3/large-buffer-size',
  row: 'C04',
  area: 'tls',
  level: 'MUST',
  clause: 'RFC 2228 section 3, RFC 4217 section 9',
  requirement:
    'PBSZ with a large number is answered by 200, and by "PBSZ=number" where the server takes a smaller one.',
  outcomes: {
    smaller: { grade: 'pass', says: 'the reply names a smaller size, or the same' },
    'as-asked': { grade: 'info', says: 'the size is accepted, and the reply names none' },
    refused: { grade: 'info', says: 'PBSZ with another number than 0 is refused by 501' },
    larger: { grade: 'broken', says: 'the reply names a larger size than was asked for' },
    'other-code': { grade: 'broken', says: 'a valid number is not answered by 200' },
  },
  advice: 'Answer "200 PBSZ=0" to every valid number: TLS needs no buffer.',
  needs: ['tls'],
  async run(lab) {
    const session = await lab.greeted();
    await session.secure();
    await session.logIn();
    const reply = await session.command(`PBSZ ${largeSize}`);
    const facts = reply.text;
    if (reply.code === 501) return { outcome: 'refused', facts };
    if (reply.code !== 200) return { outcome: 'other-code', facts };
    const named = /PBSZ=(\d+)/i.exec(facts)?.[1];
    if (named === undefined) return { outcome: 'as-asked', facts };
    return { outcome: Number(named) > largeSize ? 'larger' : 'smaller', facts };
  },
});

export const badBufferSize = defineServerCase({
  id: 'rfc2228/3/bad-buffer-size',
  row: 'C05',
  area: 'tls',
  level: 'MUST',
  clause: 'RFC 2228 section 3',
  requirement: 'PBSZ with what is no number of 32 bits is refused by 501.',
  outcomes: {
    refused: { grade: 'pass', says: 'a word, a negative number and one beyond 32 bits are refused by 501' },
    'other-refusal': { grade: 'non-strict', says: 'what is no number of 32 bits is refused by another code than 501' },
    accepted: { grade: 'broken', says: 'what is no number of 32 bits is accepted' },
  },
  advice: 'Parse the argument of PBSZ, and answer 501 where it is no number from 0 to 4294967295.',
  needs: ['tls'],
  async run(lab) {
    const session = await lab.greeted();
    await session.secure();
    await session.logIn();
    const replies = [];
    for (const size of ['x', '-1', '99999999999']) {
      const reply = await session.command(`PBSZ ${size}`);
      replies.push(reply);
      if (classOf(reply) < 4) return { outcome: 'accepted', facts: `PBSZ ${size}: ${reply.text}` };
    }
    const facts = replies.map(({ text }) => text).join('; ');
    return { outcome: replies.every(({ code }) => code === 501) ? 'refused' : 'other-refusal', facts };
  },
});
