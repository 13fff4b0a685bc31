/** Fault `truncate`: what comes behind a place is thrown away, and the receiver is told that all is well. */

import { defineFault } from './define-fault.ts';

export const truncate = defineFault({
  name: 'truncate',
  summary:
    'Throws the rest away, ends the line in order towards the receiver, and goes on taking what the sender sends.',
  parameters: [],
  effect: {
    on: 'line',
    start(line, { directions }) {
      for (const direction of directions) line.truncate(direction);
      return undefined;
    },
  },
  line: 'data',
  direction: 'down',
  times: 'once',
  clientSees:
    'With direction down a shorter file that ends in order, with close_notify under TLS (through blind TLS without), and then a 226: only the size or a digest tells.',
  serverSees: 'Nothing: all that it sent was taken. With direction up it keeps a shorter file and says 226.',
  clause: 'RFC 3659 section 4 (SIZE) and draft-bryan-ftpext-hash: what an end can compare',
  examples: ['truncate data down after 1MiB of data down', 'truncate data up after 64KiB of data up'],
});
