/** Sessions: how many, why they ended, how long they took, and what went wrong inside the server. */

import { sessionCauses } from '../../server/index.ts';
import { defineMetrics } from './define-metrics.ts';

const durationBuckets = [0.1, 1, 5, 30, 60, 300, 900, 3600, 14_400, 86_400];

export const sessions = defineMetrics(({ library, registers }) => {
  const opened = new library.Counter({
    name: 'twinline_sessions_opened_total',
    help: 'Control connections accepted.',
    registers,
  });
  const closed = new library.Counter({
    name: 'twinline_sessions_closed_total',
    help: 'Sessions that have ended, by cause.',
    labelNames: ['cause'],
    registers,
  });
  for (const cause of sessionCauses) closed.inc({ cause }, 0);
  const duration = new library.Histogram({
    name: 'twinline_session_duration_seconds',
    help: 'How long sessions lasted.',
    buckets: durationBuckets,
    registers,
  });
  const internalErrors = new library.Counter({
    name: 'twinline_internal_errors_total',
    help: 'Errors that nobody expected: each was answered with 451 and a reference that is in the log.',
    registers,
  });
  const openedAt = new Map<number, number>();
  return {
    'session-opened': ({ session, at }) => {
      opened.inc();
      openedAt.set(session, at);
    },
    'session-closed': ({ session, at, cause }) => {
      closed.inc({ cause });
      duration.observe(Math.max(0, at - (openedAt.get(session) ?? at)) / 1000);
      openedAt.delete(session);
    },
    'internal-error': () => internalErrors.inc(),
  };
});
