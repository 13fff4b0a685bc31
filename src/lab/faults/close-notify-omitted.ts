/** Fault `close-notify-omitted`: all bytes pass, and the TLS line ends by FIN alone. */

import { defineFault } from './define-fault.ts';

export const closeNotifyOmitted = defineFault({
  name: 'close-notify-omitted',
  summary: 'Lets all bytes pass and ends the TLS line by FIN without close_notify.',
  parameters: [],
  effect: {
    on: 'line',
    start(line, { directions }) {
      for (const direction of directions) line.ways[direction].omitCloseNotify();
      return undefined;
    },
  },
  line: 'data',
  direction: 'down',
  times: 'always',
  clientSees:
    'A whole file, and a TLS line that ends as a truncated one does. On lines in clear there is nothing to omit.',
  serverSees: 'Nothing, unless the direction is up: then the same with an upload.',
  clause: 'RFC 8446 section 6.1 (each party must send close_notify), RFC 4217 section 12.4',
  examples: ['close-notify-omitted data down', 'close-notify-omitted data up times 1'],
});
