/** L01 and L06: ABOR while nothing moves, and while only a data port is open. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf, type Reply } from '../../../engine/reply.ts';
import { isPortClosed } from '../../../server-lab/aftermath.ts';

const outcomes = {
  positive: { grade: 'pass', says: 'ABOR is answered by 225 or 226' },
  'other-positive': { grade: 'info', says: 'ABOR is answered by another positive code than 225 and 226' },
  refused: { grade: 'broken', says: 'ABOR is refused although there is nothing that could fail' },
} as const;

function judged(reply: Reply): keyof typeof outcomes {
  if (reply.code === 225 || reply.code === 226) return 'positive';
  return classOf(reply) === 2 ? 'other-positive' : 'refused';
}

const common = {
  area: 'control',
  level: 'MUST',
  clause: 'RFC 959 section 4.1.3',
  advice: 'Answer ABOR by 225 or 226 where nothing is to be aborted.',
} as const;

export const abortIdle = defineServerCase({
  ...common,
  id: 'rfc959/4.1.3/abort-idle',
  row: 'L01',
  requirement: 'ABOR without a transfer is answered positively.',
  outcomes,
  async run(lab) {
    const session = await lab.open();
    const reply = await session.implemented('ABOR');
    return { outcome: judged(reply), facts: reply.text };
  },
});

export const abortBehindPassive = defineServerCase({
  ...common,
  id: 'rfc959/4.1.3/abort-behind-passive',
  row: 'L06',
  area: 'data',
  requirement: 'ABOR behind PASV or EPSV is answered positively; the data port may be closed or kept.',
  outcomes: {
    ...outcomes,
    'port-kept': { grade: 'info', says: 'ABOR is answered positively, and the data port stays open' },
  },
  alone: true,
  async run(lab) {
    const session = await lab.open();
    const port = await session.passivePort();
    const reply = await session.implemented('ABOR');
    const probe = await isPortClosed(lab, port);
    const outcome = judged(reply);
    return { outcome: outcome === 'positive' && !probe.ok ? 'port-kept' : outcome, facts: reply.text, probes: [probe] };
  },
});
