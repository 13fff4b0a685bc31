/** Fault `latency`: every byte comes later. */

import { defineFault, numberOf } from './define-fault.ts';

export const latency = defineFault({
  name: 'latency',
  summary: 'Delays every piece by a time, and by up to the jitter more; the order stays.',
  parameters: [
    { name: 'delay', kind: 'duration', says: 'how late' },
    { name: 'jitter', kind: 'duration', says: 'at random, up to so much later', word: 'jitter', byDefault: 0 },
  ],
  effect: {
    on: 'line',
    start(line, { values, directions, random }) {
      const [delayMs, jitterMs] = [numberOf(values, 'delay'), numberOf(values, 'jitter')];
      const undo = directions.map((direction) =>
        line.ways[direction].shape({ latencyMs: () => delayMs + random.next() * jitterMs }),
      );
      return () => {
        for (const takeAway of undo) takeAway();
      };
    },
  },
  line: 'both',
  direction: 'both',
  times: 'always',
  clientSees:
    'Slow answers; small files take many times as long, large ones hardly, unless their line is faster than a megabyte in that time: the proxy holds no more.',
  serverSees: 'A client that is slow to answer.',
  clause: 'none: any delay is allowed; RFC 1123 section 4.1.3.2 for the least idle time-out',
  examples: ['latency 200ms jitter 50ms', 'latency 1s control down'],
});
