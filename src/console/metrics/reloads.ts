/** Settings and certificates that were read again. */

import { defineMetrics } from './define-metrics.ts';

export const reloads = defineMetrics(({ library, registers }) => {
  const total = new library.Counter({
    name: 'twinline_reloads_total',
    help: 'Settings and certificates read again, by subject and result.',
    labelNames: ['subject', 'result'],
    registers,
  });
  for (const subject of ['settings', 'tls']) {
    for (const result of ['taken', 'refused']) total.inc({ subject, result }, 0);
  }
  return {
    'settings-reloaded': () => total.inc({ subject: 'settings', result: 'taken' }),
    'settings-refused': () => total.inc({ subject: 'settings', result: 'refused' }),
    'tls-settings-replaced': () => total.inc({ subject: 'tls', result: 'taken' }),
    'tls-settings-refused': () => total.inc({ subject: 'tls', result: 'refused' }),
  };
});
