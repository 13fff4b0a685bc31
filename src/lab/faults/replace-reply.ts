/** Fault `replace`: another reply comes in place of a reply. */

import { defineFault, textOf } from './define-fault.ts';
import { isReply } from './reply-match.ts';

export const replaceReply = defineFault({
  name: 'replace',
  summary: 'Puts another reply in the place of a reply.',
  parameters: [
    { name: 'code', kind: 'code', says: 'the reply, or any' },
    { name: 'text', kind: 'text', says: 'what the client gets: a code and words', word: 'with' },
  ],
  effect: {
    on: 'reply',
    change: (reply, values) => (isReply(reply, values) ? { replaceWith: textOf(values, 'text') } : undefined),
  },
  line: 'control',
  direction: 'down',
  isLineFixed: true,
  times: 'once',
  clientSees: 'The other reply: what it makes of it is the question.',
  serverSees: 'Nothing: for it the command went as it said.',
  clause: 'RFC 959 section 4.2 (what the digits of a reply mean)',
  examples: ['replace 226 with "451 Local error in processing."', 'replace 150 with "550 No such file." on RETR'],
});
