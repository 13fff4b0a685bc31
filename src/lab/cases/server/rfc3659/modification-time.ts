/** K15 to K17: MDTM and MFMT. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf, type Reply } from '../../../engine/reply.ts';
import { putOwnFile } from '../../../server-lab/own-files.ts';

const minuteMs = 60_000;

/** The time of a reply that is exactly `213 <time-val>`, in milliseconds of UTC. */
function exactTime(reply: Reply): number | undefined {
  const parts = /^213 (\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?$/.exec(reply.lines.join('\n'));
  if (parts === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

export const modificationTime = defineServerCase({
  id: 'rfc3659/3/mdtm-form',
  row: 'K15a',
  area: 'features',
  level: 'MUST',
  clause: 'RFC 3659 sections 2.3 and 3.1',
  requirement: 'MDTM is answered by one line, 213 and YYYYMMDDHHMMSS[.sss] in UTC.',
  outcomes: {
    utc: { grade: 'pass', says: 'MDTM gives the time in UTC' },
    local: { grade: 'broken', says: 'MDTM of a file of just now is whole quarters of an hour off: local time' },
    'other-clock': { grade: 'info', says: 'MDTM has the right form, and the clocks differ' },
    'other-form': { grade: 'broken', says: 'the reply is not one line of 213 and a time' },
  },
  advice: 'Format the time in UTC, with fourteen digits.',
  needs: ['write'],
  async run(lab) {
    const session = await lab.open();
    const path = await putOwnFile(lab, session, Buffer.from('now'));
    const reply = await session.implemented(`MDTM ${path}`);
    const facts = reply.text;
    const time = exactTime(reply);
    if (time === undefined) return { outcome: 'other-form', facts };
    const offMinutes = Math.abs(Date.now() - time) / minuteMs;
    if (offMinutes < 2) return { outcome: 'utc', facts };
    const isZone =
      offMinutes < 15 * 60 && Math.abs(offMinutes - Math.round(offMinutes / 15) * 15) < 2 && offMinutes > 13;
    return { outcome: isZone ? 'local' : 'other-clock', facts };
  },
});

export const modificationTimeOfNothing = defineServerCase({
  id: 'rfc3659/3.2/mdtm-of-nothing',
  row: 'K15b',
  area: 'features',
  level: 'SHOULD',
  clause: 'RFC 3659 section 3.2',
  requirement: 'MDTM of what is not there is answered by 550.',
  outcomes: {
    refused: { grade: 'pass', says: 'MDTM of what is not there is answered by 550' },
    'other-code': { grade: 'broken', says: 'MDTM of what is not there is refused by another code than 550' },
    given: { grade: 'fail', says: 'MDTM gives a time for what is not there' },
  },
  advice: 'Answer 550.',
  needs: ['write'],
  async run(lab) {
    const session = await lab.open();
    const reply = await session.implemented(`MDTM ${lab.folder}/is-not-there`);
    const facts = reply.text;
    if (classOf(reply) < 4) return { outcome: 'given', facts };
    return { outcome: reply.code === 550 ? 'refused' : 'other-code', facts };
  },
});

const newTime = '20200102030405';

export const mdtmWithTime = defineServerCase({
  id: 'engineering/times/mdtm-with-time',
  row: 'K16',
  area: 'features',
  level: 'MAY',
  clause: 'draft-somers-ftp-mfxx-03 section 3',
  requirement:
    'MDTM with a time and a name sets the time, as older clients expect, or takes both for a name, as RFC 3659 has it.',
  outcomes: {
    set: { grade: 'info', says: 'MDTM with a time sets the time' },
    name: { grade: 'info', says: 'MDTM takes the time for a part of the name' },
    refused: { grade: 'info', says: 'MDTM with a time is refused' },
    ignored: { grade: 'fail', says: 'MDTM with a time is answered positively, and the time is not set' },
  },
  advice: 'Offer MFMT, and say 550 to MDTM with a time where it is not taken.',
  needs: ['write'],
  async run(lab) {
    const session = await lab.open();
    const path = await putOwnFile(lab, session, Buffer.from('old'));
    await session.implemented(`MDTM ${path}`);
    const reply = await session.command(`MDTM ${newTime} ${path}`);
    if (classOf(reply) > 3) return { outcome: reply.code === 550 ? 'name' : 'refused', facts: reply.text };
    const after = await session.command(`MDTM ${path}`);
    const facts = `${reply.text}; then ${after.text}`;
    return { outcome: after.text.startsWith(`213 ${newTime}`) ? 'set' : 'ignored', facts };
  },
});

export const modifyTime = defineServerCase({
  id: 'engineering/times/mfmt',
  row: 'K17',
  area: 'features',
  level: 'engineering',
  clause: 'draft-somers-ftp-mfxx-03 section 3.1',
  requirement: 'MFMT sets the time of a file and is answered "213 Modify=<time>; <name>".',
  outcomes: {
    set: { grade: 'pass', says: 'MFMT sets the time and says so in the form of the draft' },
    'other-form': { grade: 'broken', says: 'MFMT sets the time, and its reply has another form' },
    refused: { grade: 'info', says: 'MFMT is known and refused' },
    'not-set': { grade: 'fail', says: 'MFMT is answered positively, and the time is not set' },
  },
  advice: 'Answer "213 Modify=<time>; <name>" with the time that was set.',
  needs: ['write'],
  async run(lab) {
    const session = await lab.open();
    const path = await putOwnFile(lab, session, Buffer.from('old'));
    const reply = await session.implemented(`MFMT ${newTime} ${path}`);
    if (classOf(reply) > 3) return { outcome: 'refused', facts: reply.text };
    const after = await session.command(`MDTM ${path}`);
    const facts = `${reply.text}; then ${after.text}`;
    if (!after.text.startsWith(`213 ${newTime}`) && classOf(after) === 2) return { outcome: 'not-set', facts };
    return { outcome: /^213 modify=\d{14}(\.\d+)?; \S/i.test(reply.lines.join('\n')) ? 'set' : 'other-form', facts };
  },
});
