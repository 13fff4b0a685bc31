/** What went to the sinks of audit, logs and hooks, and what was lost on the way. */

import { defineMetrics } from './define-metrics.ts';

export const sinks = defineMetrics(({ library, registers, source }) => {
  const records = new library.Counter({
    name: 'twinline_sink_records_total',
    help: 'Records by sink: written; dropped because the sink was full, dead or refused them; failed, of hooks.',
    labelNames: ['sink', 'result'],
    registers,
    collect: () => {
      records.reset();
      for (const { name, counts } of source.sinks()) {
        records.inc({ sink: name, result: 'written' }, counts.written);
        records.inc({ sink: name, result: 'dropped' }, counts.dropped);
        if (counts.failed !== undefined) records.inc({ sink: name, result: 'failed' }, counts.failed);
      }
    },
  });
  const waiting = new library.Gauge({
    name: 'twinline_sink_records_waiting',
    help: 'Records that wait for their sink.',
    labelNames: ['sink'],
    registers,
    collect: () => {
      for (const { name, counts } of source.sinks()) waiting.set({ sink: name }, counts.waiting);
    },
  });
  return {};
});
