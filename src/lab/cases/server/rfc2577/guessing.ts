/** N03, N04: what a server tells to those who guess names and passwords. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf, type Reply } from '../../../engine/reply.ts';
import type { LabSession } from '../../../server-lab/lab-session.ts';
import type { ServerLab } from '../../../server-lab/server-lab.ts';
import { hasEnded } from '../../../server-lab/stray-replies.ts';

export const unknownUser = defineServerCase({
  id: 'rfc2577/7/unknown-user',
  row: 'N03',
  area: 'security',
  level: 'SHOULD',
  clause: 'RFC 2577 section 7',
  requirement: 'USER with a name that nobody has is answered by 331, as any other.',
  outcomes: {
    asked: { grade: 'pass', says: 'an unknown name is asked for its password' },
    told: { grade: 'broken', says: 'an unknown name is refused at once, so names can be found out' },
    'other-code': { grade: 'broken', says: 'an unknown name gets another reply than a known one' },
    'known-differs': {
      grade: 'info',
      says: 'the known name is not asked for a password, so there is nothing to compare',
    },
  },
  advice: 'Answer 331 to every USER, and refuse the name together with its password.',
  async run(lab) {
    const known = await lab.greeted();
    await known.secure();
    const usual = await known.command(`USER ${lab.target.user}`);
    if (usual.code !== 331) return { outcome: 'known-differs', facts: usual.text };
    const session = await lab.greeted();
    await session.secure();
    const reply = await session.command(`USER ${lab.random.word(12)}`);
    if (reply.code === 331) return { outcome: 'asked', facts: reply.text };
    return { outcome: classOf(reply) > 3 ? 'told' : 'other-code', facts: reply.text };
  },
});

/** The reply to a random name with a random password; `undefined` where none comes within `patienceMs`. */
async function wrongLogin(lab: ServerLab, session: LabSession): Promise<Reply | undefined> {
  const { patienceMs } = lab.timeouts;
  const asked = await session.command(`USER ${lab.random.word(12)}`, patienceMs).catch(() => undefined);
  if (asked?.code !== 331) return asked;
  return session.command(`PASS ${lab.random.word(12)}`, patienceMs).catch(() => undefined);
}

/** Tries of one session; RFC 2577 asks to end it after 3 to 5. */
const tries = 6;

export const passwordGuessing = defineServerCase({
  id: 'rfc2577/5/password-guessing',
  row: 'N04',
  area: 'security',
  level: 'SHOULD',
  clause: 'RFC 2577 section 5',
  requirement: 'After 3 to 5 wrong passwords the session is told 421 and ended.',
  outcomes: {
    'ended-by-421': { grade: 'pass', says: 'wrong passwords end the session by 421' },
    ended: { grade: 'broken', says: 'wrong passwords end the session without 421' },
    slowed: { grade: 'pass', says: 'wrong passwords are answered later and later, the last one not within a minute' },
    endless: { grade: 'broken', says: `${tries} wrong passwords do not end the session` },
    'logged-in': { grade: 'fail', says: 'a random name with a random password logs in' },
  },
  advice: 'Count wrong passwords, slow their replies down, and end the session by 421 after at most 5.',
  // It may ban this machine.
  intrusive: true,
  alone: true,
  deadlineMs: 200_000,
  async run(lab) {
    const session = await lab.greeted();
    await session.secure();
    const times: string[] = [];
    let last = '';
    for (let count = 1; count <= tries; count++) {
      const sinceMs = performance.now();
      const reply = await wrongLogin(lab, session);
      times.push(`${Math.round(performance.now() - sinceMs)} ms`);
      // A 421 may lie behind the refusal of a session that has ended already.
      const next = await session.replyOrNothing(200);
      last = next?.text ?? reply?.text ?? last;
      const facts = `${count} wrong passwords, answered after ${times.join(', ')}; ${last}`;
      if (reply !== undefined && classOf(reply) === 2) return { outcome: 'logged-in', facts };
      if (last.startsWith('421')) return { outcome: 'ended-by-421', facts };
      if (hasEnded(session)) return { outcome: 'ended', facts };
      if (reply === undefined) return { outcome: 'slowed', facts };
    }
    return { outcome: 'endless', facts: `answered after ${times.join(', ')}; ${last}` };
  },
});
