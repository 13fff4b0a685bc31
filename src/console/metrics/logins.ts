/** Logins, by result and cause. */

import { loginCauses } from '../../server/index.ts';
import { defineMetrics } from './define-metrics.ts';

export const logins = defineMetrics(({ library, registers }) => {
  const total = new library.Counter({
    name: 'twinline_logins_total',
    help: 'Logins by result and cause.',
    labelNames: ['result', 'cause'],
    registers,
  });
  const resultOf = (accepted: boolean): string => (accepted ? 'accepted' : 'refused');
  for (const cause of loginCauses) total.inc({ result: resultOf(cause === 'accepted'), cause }, 0);
  return {
    login: ({ accepted, cause }) => total.inc({ result: resultOf(accepted), cause }),
  };
});
