/** M03 and M04: OPTS for a command that nobody has, and the OPTS UTF8 ON that clients send although no document has it. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';

export const optsUnknown = defineServerCase({
  id: 'rfc2389/4/opts-unknown',
  row: 'M03',
  area: 'features',
  level: 'SHOULD',
  clause: 'RFC 2389 section 4',
  requirement: 'OPTS for a command without options is answered by 501.',
  outcomes: {
    refused: { grade: 'pass', says: 'OPTS for an unknown command is answered by 501' },
    'other-code': { grade: 'broken', says: 'OPTS for an unknown command is refused with another code than 501' },
    accepted: { grade: 'fail', says: 'OPTS for an unknown command is accepted' },
  },
  advice: 'Answer 501 to OPTS for whatever has no options.',
  async run(lab) {
    const session = await lab.open();
    const reply = await session.command('OPTS XYZZY a');
    const facts = reply.text;
    // 500 and 502 may mean OPTS itself; where FEAT is there, OPTS must be too (section 4).
    if (reply.code === 501) return { outcome: 'refused', facts };
    return { outcome: classOf(reply) === 2 ? 'accepted' : 'other-code', facts };
  },
});

export const optsUtf8 = defineServerCase({
  id: 'rfc2640/3.2/opts-utf8-on',
  row: 'M04',
  area: 'features',
  level: 'MAY',
  clause: 'RFC 2640 section 3.2',
  requirement: 'OPTS UTF8 ON, which no document has and many clients send, is answered by 200 or refused.',
  outcomes: {
    accepted: { grade: 'info', says: 'OPTS UTF8 ON is accepted' },
    refused: { grade: 'info', says: 'OPTS UTF8 ON is refused' },
    'other-positive': { grade: 'info', says: 'OPTS UTF8 ON is accepted with another code than 200' },
  },
  advice: 'Answer 200: FileZilla, lftp and others ask so for UTF-8 names.',
  async run(lab) {
    const session = await lab.open();
    const reply = await session.command('OPTS UTF8 ON');
    const facts = reply.text;
    if (reply.code === 200) return { outcome: 'accepted', facts };
    return { outcome: classOf(reply) === 2 ? 'other-positive' : 'refused', facts };
  },
});
