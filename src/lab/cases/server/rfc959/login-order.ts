/** A17: PASS without USER, and USER twice. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { outcomeByCode } from '../../../engine/outcome-by-code.ts';
import { classOf } from '../../../engine/reply.ts';

export const passwordFirst = defineServerCase({
  id: 'rfc959/5.4/password-first',
  row: 'A17a',
  area: 'control',
  level: 'MUST',
  clause: 'RFC 959 sections 4.1.1 and 5.4',
  requirement: 'PASS without USER before it is answered by 503.',
  outcomes: {
    'bad-sequence': { grade: 'pass', says: 'PASS without USER is answered by 503' },
    'other-refusal': { grade: 'non-strict', says: 'PASS without USER is refused by another code than 503' },
    'asks-on': { grade: 'broken', says: 'PASS without USER is answered as if the login went on' },
    'logged-in': { grade: 'fail', says: 'PASS without USER logs in' },
  },
  advice: 'Answer 503 to PASS where no USER stands before it.',
  async run(lab) {
    const session = await lab.greeted();
    await session.secure();
    return outcomeByCode(await session.command(`PASS ${lab.random.word(12)}`), {
      503: 'bad-sequence',
      230: 'logged-in',
      refusal: 'other-refusal',
      other: 'asks-on',
    });
  },
});

export const userTwice = defineServerCase({
  id: 'rfc959/4.1.1/user-twice',
  row: 'A17b',
  area: 'control',
  level: 'MUST',
  clause: 'RFC 959 section 4.1.1',
  requirement: 'Where a second USER is taken, the login is that of the second user.',
  outcomes: {
    'second-counts': { grade: 'pass', says: 'USER of nobody and then of the user logs the user in' },
    'second-refused': { grade: 'info', says: 'a second USER is refused' },
    'second-ignored': { grade: 'broken', says: 'the second USER is answered, and the password of its user is refused' },
  },
  advice: 'Forget the first name and everything known of it when another USER comes.',
  async run(lab) {
    const session = await lab.greeted();
    await session.secure();
    const first = await session.command(`USER ${lab.random.word(12)}`);
    const second = await session.command(`USER ${lab.target.user}`);
    const seen = `${first.text}; ${second.text}`;
    if (classOf(second) > 3) return { outcome: 'second-refused', facts: seen };
    const done = second.code === 331 ? await session.command(`PASS ${lab.target.password}`) : second;
    return { outcome: classOf(done) === 2 ? 'second-counts' : 'second-ignored', facts: `${seen}; ${done.text}` };
  },
});
