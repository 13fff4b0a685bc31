/** Fault `reset`: the line is cut by RST. */

import { defineFault } from './define-fault.ts';

export const reset = defineFault({
  name: 'reset',
  aliases: ['rst'],
  summary: 'Ends the line with a TCP reset.',
  parameters: [],
  effect: {
    on: 'line',
    start(line, { to }) {
      line.reset(to);
      return undefined;
    },
  },
  line: 'control',
  direction: 'both',
  times: 'once',
  clientSees:
    'ECONNRESET ("connection reset by peer"). What was on its way to it is lost with the line: on a data line it has fewer bytes than were sent.',
  serverSees:
    'ECONNRESET at its next read or write. With `to client` it hears nothing: its end of the line stays open, and nobody answers.',
  clause: 'RFC 959 section 3.2 (the control connection is closed) and section 4.1.1 (abnormal close of data)',
  examples: [
    'reset control after 600KiB of data down',
    'reset data after 1MiB of data up',
    'reset control to client before 226',
  ],
});
