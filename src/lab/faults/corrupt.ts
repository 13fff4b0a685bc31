/** Fault `corrupt`: bytes are changed on their way. */

import { defineFault, numberOf } from './define-fault.ts';

export const corrupt = defineFault({
  name: 'corrupt',
  summary: 'Turns every bit of the next bytes.',
  parameters: [{ name: 'count', kind: 'size', says: 'how many bytes', byDefault: 1 }],
  effect: {
    on: 'line',
    start(line, { values, directions }) {
      for (const direction of directions) line.ways[direction].corrupt(Math.max(1, numberOf(values, 'count')));
      return undefined;
    },
  },
  line: 'data',
  direction: 'down',
  times: 'once',
  clientSees:
    'With direction down a file of the right size with wrong bytes in it: only a digest tells. Through blind TLS: a record that cannot be read (bad_record_mac).',
  serverSees:
    'With direction up the same with an upload; otherwise nothing, or the alert of a client that cannot read a record.',
  clause: 'RFC 8446 section 5.2 (bad_record_mac); in clear TCP’s checksum alone',
  examples: ['corrupt 1 byte data down after 1MiB of data down', 'corrupt 4 bytes data up after 10KiB of data up'],
});
