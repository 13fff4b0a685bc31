/** Fault `slice`: bytes come in small pieces. */

import { defineFault, numberOf } from './define-fault.ts';

export const slice = defineFault({
  name: 'slice',
  summary: 'Cuts the bytes into pieces of 1 up to so many, each sent for itself.',
  parameters: [{ name: 'size', kind: 'size', says: 'the largest piece', byDefault: 1 }],
  effect: {
    on: 'line',
    start(line, { values, directions, random }) {
      const most = Math.max(1, numberOf(values, 'size'));
      const undo = directions.map((direction) =>
        line.ways[direction].shape({ pieceBytes: () => random.between(1, most) }),
      );
      return () => {
        for (const takeAway of undo) takeAway();
      };
    },
  },
  line: 'control',
  direction: 'both',
  times: 'always',
  clientSees: 'Replies that arrive in pieces, split anywhere; a client that takes one read for one reply fails.',
  serverSees: 'Commands that arrive in pieces.',
  clause: 'RFC 959 section 4.2 (a reply ends at its CRLF, wherever TCP cuts it)',
  examples: ['slice 7 bytes', 'slice 1 control down', 'slice 1000 bytes data'],
});
