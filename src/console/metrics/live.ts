/** What lives in the server now: the leak budget, and which program it is. */

import { defineMetrics } from './define-metrics.ts';

export const live = defineMetrics(({ library, registers, source }) => {
  const living = new library.Gauge({
    name: 'twinline_live',
    help: 'Living things by kind and owner; without sessions all are 0 but the listeners of the server.',
    labelNames: ['kind', 'owner'],
    registers,
    collect: async () => {
      for (const { kind, owner, count } of await source.liveCounts()) living.set({ kind, owner }, count);
    },
  });
  new library.Gauge({
    name: 'twinline_build_info',
    help: 'Always 1; the label is the version of Twinline.',
    labelNames: ['version'],
    registers,
  }).set({ version: source.version }, 1);
  return {};
});
