/** Processes that serve sessions, and those that went before their time. */

import { defineMetrics } from './define-metrics.ts';

export const workers = defineMetrics(({ library, registers }) => {
  const running = new library.Gauge({
    name: 'twinline_workers',
    help: 'Worker processes that serve sessions; 0 where the server does so itself.',
    registers,
  });
  const lost = new library.Counter({
    name: 'twinline_workers_lost_total',
    help: 'Worker processes that ended before their time, each with its sessions.',
    registers,
  });
  return {
    'worker-started': () => running.inc(),
    'worker-lost': () => {
      running.dec();
      lost.inc();
    },
  };
});
