/** Fault `fin`: the line ends in the middle by FIN, and under TLS without close_notify. */

import { defineFault } from './define-fault.ts';

export const fin = defineFault({
  name: 'fin',
  aliases: ['close'],
  summary: 'Ends the line with a TCP FIN in the middle; under TLS there is no close_notify.',
  parameters: [],
  effect: {
    on: 'line',
    start(line, { to }) {
      line.end(to, 'fin');
      return undefined;
    },
  },
  line: 'control',
  direction: 'both',
  times: 'once',
  clientSees:
    'The end of the line. In clear nothing tells it from the end of a file; under TLS the missing close_notify says that the data are truncated.',
  serverSees: 'The same on its side: an upload in clear seems to be complete.',
  clause: 'RFC 8446 section 6.1, RFC 5246 section 7.2.1 (truncation); RFC 959 section 3.2',
  examples: ['fin data after 1MiB of data down', 'fin control on RETR', 'fin data to server after 64KiB of data up'],
});
