/** Fault `bandwidth`: a line passes so many bytes a second and no more. */

import { defineFault, numberOf } from './define-fault.ts';

export const bandwidth = defineFault({
  name: 'bandwidth',
  summary: 'Passes so many bytes a second, for each line and direction.',
  parameters: [{ name: 'rate', kind: 'rate', says: 'bytes a second' }],
  effect: {
    on: 'line',
    start(line, { values, directions }) {
      const bytesPerSecond = Math.max(1, numberOf(values, 'rate'));
      const undo = directions.map((direction) => line.ways[direction].shape({ bytesPerSecond }));
      return () => {
        for (const takeAway of undo) takeAway();
      };
    },
  },
  line: 'data',
  direction: 'both',
  times: 'always',
  clientSees: 'A slow transfer.',
  serverSees: 'A peer that takes or gives slowly: back-pressure, and no progress for moments.',
  clause: 'none: how fast a line is, is nobody’s promise',
  examples: ['bandwidth 200KiB/s', 'bandwidth 10KB/s data up after 1MiB of data up for 30s'],
});
