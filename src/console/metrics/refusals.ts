/** Connections that got no session, by cause. */

import { refusalCauses } from '../../server/index.ts';
import { defineMetrics } from './define-metrics.ts';

export const refusals = defineMetrics(({ library, registers }) => {
  const refused = new library.Counter({
    name: 'twinline_connections_refused_total',
    help: 'Connections that were refused before they became a session, by cause.',
    labelNames: ['cause'],
    registers,
  });
  for (const cause of refusalCauses) refused.inc({ cause }, 0);
  return {
    'connection-refused': ({ cause, unreported }) => refused.inc({ cause }, 1 + unreported),
  };
});
