/** Interrupted uploads that sweeps have kept and removed. */

import { defineMetrics } from './define-metrics.ts';

export const sweeps = defineMetrics(({ library, registers }) => {
  const kept = new library.Gauge({
    name: 'twinline_interrupted_uploads_kept',
    help: 'Interrupted uploads that the last sweep with something to tell has kept for resume.',
    registers,
  });
  const removed = new library.Counter({
    name: 'twinline_interrupted_uploads_removed_total',
    help: 'Interrupted uploads that sweeps have removed for their age.',
    registers,
  });
  const failed = new library.Counter({
    name: 'twinline_sweeps_failed_total',
    help: 'Sweeps that could not be done.',
    registers,
  });
  return {
    swept: (report) => {
      kept.set(report.kept);
      removed.inc(report.removed);
    },
    'sweep-failed': () => failed.inc(),
  };
});
