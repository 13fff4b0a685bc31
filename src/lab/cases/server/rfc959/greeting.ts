/** A01: what a server says first. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';

export const greeting = defineServerCase({
  id: 'rfc959/5.4/greeting',
  row: 'A01',
  area: 'control',
  level: 'MUST',
  clause: 'RFC 959 section 5.4',
  requirement: 'A new connection is greeted by 220, by 120 and then 220, or turned away by 421.',
  outcomes: {
    ready: { grade: 'pass', says: 'the greeting is 220' },
    delayed: { grade: 'pass', says: '120 comes first and then 220' },
    busy: { grade: 'pass', says: 'the connection is turned away by 421' },
    'never-ready': { grade: 'broken', says: '120 comes and no 220 behind it' },
    other: { grade: 'broken', says: 'the greeting has another code than 220, 120 or 421' },
  },
  advice: 'Greet by 220 as soon as the connection is there, or by 421 where no session can be had.',
  async run(lab) {
    const session = await lab.connect();
    const first = await session.reply();
    const facts = first.text;
    if (first.code === 220) return { outcome: 'ready', facts };
    if (first.code === 421) return { outcome: 'busy', facts };
    if (classOf(first) !== 1) return { outcome: 'other', facts };
    const second = await session.replyOrNothing();
    return {
      outcome: second?.code === 220 ? 'delayed' : 'never-ready',
      facts: `${facts}; ${second?.text ?? 'nothing'}`,
    };
  },
});
