/** N06, N07: clients that hold a session by doing almost nothing. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import { hasEnded } from '../../../server-lab/stray-replies.ts';

/** Above `idleMs`. */
const longRunMs = 400_000;

export const slowCommand = defineServerCase({
  id: 'engineering/resources/slow-command',
  row: 'N06',
  area: 'security',
  level: 'engineering',
  clause: 'engineering',
  requirement: 'A client that sends its first command byte by byte and does not log in is ended within 5 minutes.',
  outcomes: {
    ended: { grade: 'pass', says: 'a session that never logs in is ended, whatever it sends' },
    held: { grade: 'broken', says: 'single bytes hold a session that never logs in' },
  },
  advice: 'Bound the time from the greeting to the login; let single bytes not extend it.',
  intrusive: true,
  deadlineMs: longRunMs,
  async run(lab) {
    const session = await lab.greeted();
    const sinceMs = performance.now();
    const stepMs = Math.min(10_000, lab.timeouts.idleMs / 10);
    while (!hasEnded(session) && performance.now() - sinceMs < lab.timeouts.idleMs) {
      await session.send('N').catch(() => undefined);
      await session.control.readToEnd(stepMs).catch(() => undefined);
    }
    const facts = `${session.control.ending.how} after ${Math.round((performance.now() - sinceMs) / 1000)} s`;
    return { outcome: hasEnded(session) ? 'ended' : 'held', facts };
  },
});

export const silentReader = defineServerCase({
  id: 'engineering/resources/silent-reader',
  row: 'N07',
  area: 'security',
  level: 'engineering',
  clause: 'engineering',
  requirement: 'A download whose client does not read is not confirmed, and given up some time.',
  outcomes: {
    'given-up': { grade: 'pass', says: 'the transfer is given up, and the client is told so' },
    ended: { grade: 'pass', says: 'the session is ended' },
    // No document bounds it, and a client that limits its rate shows its progress minutes apart.
    held: { grade: 'info', says: 'a client that reads nothing holds a transfer for longer than the lab waits' },
    confirmed: { grade: 'fail', says: 'the transfer is confirmed, although the client has not read it' },
  },
  advice: 'Give up transfers in which no byte moves for some minutes, and answer 426.',
  intrusive: true,
  deadlineMs: longRunMs,
  async run(lab) {
    const file = await lab.file(32 * 1024 * 1024);
    const session = await lab.open();
    const line = await session.passive();
    await session.need([125, 150], `RETR ${file.path}`);
    await line.secured;
    line.pause();
    const sinceMs = session.fault('the client stops reading', line.name);
    const reply = await session.replyOrNothing(lab.timeouts.idleMs);
    const facts = `${reply?.text ?? 'no reply'} after ${Math.round((performance.now() - sinceMs) / 1000)} s`;
    if (reply !== undefined) return { outcome: classOf(reply) === 2 ? 'confirmed' : 'given-up', facts };
    return { outcome: hasEnded(session) ? 'ended' : 'held', facts };
  },
});
