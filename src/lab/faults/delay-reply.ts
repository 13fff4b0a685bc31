/** Fault `delay`: a reply comes late, and what stands behind it too. */

import { defineFault, numberOf } from './define-fault.ts';
import { isReply } from './reply-match.ts';

export const delayReply = defineFault({
  name: 'delay',
  summary: 'Holds a reply back for a time; later replies wait behind it.',
  parameters: [
    { name: 'code', kind: 'code', says: 'the reply, or any' },
    { name: 'delay', kind: 'duration', says: 'for how long', word: 'by' },
  ],
  effect: {
    on: 'reply',
    change: (reply, values) => (isReply(reply, values) ? { delayMs: numberOf(values, 'delay') } : undefined),
  },
  line: 'control',
  direction: 'down',
  isLineFixed: true,
  times: 'always',
  clientSees:
    'A server that is slow to answer: a final reply long behind the end of its data line looks like a lost control line.',
  serverSees: 'A client that is slow to go on.',
  clause: 'RFC 959 section 5.4 (every command has a reply; no time is named), RFC 1123 section 4.1.2.12',
  examples: ['delay 226 by 5s', 'delay any by 300ms', 'delay 150 by 2s on RETR'],
});
