/** B14: silence where the handshake should begin. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { hasEnded } from '../../../server-lab/stray-replies.ts';

export const silentHandshake = defineServerCase({
  id: 'engineering/tls/silent-handshake',
  row: 'B14',
  area: 'tls',
  level: 'engineering',
  clause: 'engineering',
  requirement: 'A client that is silent behind 234 is dropped within a minute.',
  outcomes: {
    dropped: { grade: 'pass', says: 'the silent connection is dropped' },
    held: { grade: 'broken', says: 'the silent connection is held for a minute or longer' },
  },
  advice: 'Bound the time of the TLS handshake, apart from the idle timer of sessions.',
  intrusive: true,
  needs: ['explicit-tls'],
  deadlineMs: 90_000,
  async run(lab) {
    const session = await lab.greeted();
    await session.need(234, 'AUTH TLS');
    const sinceMs = session.fault('silence in place of ClientHello');
    await session.control.readToEnd(lab.timeouts.patienceMs).catch(() => undefined);
    const facts = `${session.control.ending.how} after ${Math.round((performance.now() - sinceMs) / 1000)} s`;
    return { outcome: hasEnded(session) ? 'dropped' : 'held', facts };
  },
});
