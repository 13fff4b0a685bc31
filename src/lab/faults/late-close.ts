/** Fault `late-close`: the bytes come in time, and the end of the data line comes late. */

import { defineFault, numberOf } from './define-fault.ts';

export const lateClose = defineFault({
  name: 'late-close',
  summary: 'Passes the end of the data line on later than the sender ended it.',
  parameters: [{ name: 'delay', kind: 'duration', says: 'how much later', byDefault: 3000 }],
  effect: {
    on: 'line',
    start(line, { values, directions }) {
      for (const direction of directions) line.ways[direction].endLate(numberOf(values, 'delay'));
      return undefined;
    },
  },
  line: 'data',
  direction: 'both',
  times: 'always',
  clientSees:
    'The 226 of a download before the end of its data line: a client that stops at the reply, or starts the next transfer, goes wrong.',
  serverSees: 'An upload whose end comes late: the 226 does too.',
  clause: 'RFC 959 section 5.1.1 (226 may come before or behind the close), RFC 1123 section 4.1.2.5',
  examples: ['late-close 3s', 'late-close 30s data down on RETR'],
});
