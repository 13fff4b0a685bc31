/** Fault `stall`: nothing passes any more, and nobody is told. */

import { defineFault } from './define-fault.ts';

export const stall = defineFault({
  name: 'stall',
  aliases: ['blackhole'],
  summary: 'Passes nothing on any more, neither bytes nor the end of the line, as a network that drops every packet.',
  parameters: [],
  effect: {
    on: 'line',
    start(line, { directions }) {
      const resume = directions.map((direction) => line.ways[direction].stall());
      return () => {
        for (const go of resume) go();
      };
    },
  },
  line: 'both',
  direction: 'both',
  times: 'once',
  clientSees: 'Silence: only its own deadline ends it. With `for 10s` everything comes late and in order.',
  serverSees:
    'Silence; what it sends is taken until the buffers on the way are full (a megabyte in the proxy), then its writes block.',
  clause: 'RFC 1123 section 4.1.3.2 (idle time-out); TCP itself never gives up an idle line',
  examples: [
    'stall both after 600KiB of data down',
    'stall data down after 1MiB of data down for 5s',
    'stall control after 150',
  ],
});
