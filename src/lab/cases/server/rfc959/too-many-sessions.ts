/** A18: one session more than the server takes. */

import { LineEndedError } from '../../../../peer/index.ts';
import { SetupFailed } from '../../../engine/case-errors.ts';
import { defineServerCase } from '../../../engine/lab-case.ts';
import { canLogIn } from '../../../server-lab/aftermath.ts';
import { hasEnded } from '../../../server-lab/stray-replies.ts';
import type { ServerLab } from '../../../server-lab/server-lab.ts';
import type { LabSession } from '../../../server-lab/lab-session.ts';

/** Servers that take more than this from one address have no bound that this case looks for. */
const maxSessions = 120;

/** The first session that is not greeted by 220, with what it got; `undefined` where all were. */
async function firstTurnedAway(lab: ServerLab, opened: LabSession[]): Promise<string | undefined> {
  while (opened.length < maxSessions) {
    const session = await lab.connect();
    opened.push(session);
    const reply = await session.replyOrNothing(lab.timeouts.promptMs);
    if (reply?.code !== 220) return reply?.text ?? (hasEnded(session) ? session.control.ending.how : 'silence');
  }
  return undefined;
}

export const tooManySessions = defineServerCase({
  id: 'rfc959/5.4/too-many-sessions',
  row: 'A18',
  area: 'control',
  level: 'MUST',
  clause: 'RFC 959 section 5.4',
  requirement: 'A connection beyond the bound of sessions is turned away by 421 before it is closed.',
  outcomes: {
    told: { grade: 'pass', says: 'a connection too many is told 421 and closed' },
    'left-open': { grade: 'broken', says: 'a connection too many is told 421 and not closed' },
    'without-421': { grade: 'broken', says: 'a connection too many is closed without 421' },
    silent: { grade: 'non-strict', says: 'a connection too many is neither greeted nor turned away' },
    'other-code': { grade: 'broken', says: 'a connection too many is answered by another code than 421' },
    'no-bound': { grade: 'info', says: `${maxSessions} sessions of one address are taken` },
    'no-login': { grade: 'fail', says: 'no session can log in when all others have gone' },
  },
  advice: 'Answer 421 to connections beyond the bound, and then close them with FIN.',
  intrusive: true,
  alone: true,
  deadlineMs: 60_000,
  async run(lab) {
    if (lab.target.security === 'implicit') lab.skip('behind implicit TLS a refusal cannot be read');
    const opened: LabSession[] = [];
    const word = await firstTurnedAway(lab, opened).catch((error: unknown) => {
      if (error instanceof SetupFailed || error instanceof LineEndedError) return 'no connection';
      throw error;
    });
    const last = opened.at(-1);
    const refused = word?.startsWith('421') === true;
    if (refused) await last?.control.readToEnd(lab.timeouts.promptMs).catch(() => undefined);
    const isClosed = last === undefined || hasEnded(last);
    await Promise.all(opened.map((session) => session.leave()));
    const probes = [await canLogIn(lab)];
    const seen = { facts: `${opened.length} sessions; ${word ?? 'all greeted'}`, probes };
    if (probes.some(({ ok }) => !ok)) return { outcome: 'no-login', ...seen };
    if (word === undefined) return { outcome: 'no-bound', ...seen };
    if (refused) return { outcome: isClosed ? 'told' : 'left-open', ...seen };
    if (/^\d{3}/.test(word)) return { outcome: 'other-code', ...seen };
    return { outcome: word === 'silence' ? 'silent' : 'without-421', ...seen };
  },
});
