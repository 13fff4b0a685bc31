/** Fault `drop`: a reply never comes. */

import { defineFault } from './define-fault.ts';
import { isReply } from './reply-match.ts';

export const dropReply = defineFault({
  name: 'drop',
  summary: 'Takes a reply away.',
  parameters: [{ name: 'code', kind: 'code', says: 'the reply, or any' }],
  effect: { on: 'reply', change: (reply, values) => (isReply(reply, values) ? { drop: true } : undefined) },
  line: 'control',
  direction: 'down',
  isLineFixed: true,
  times: 'once',
  clientSees: 'No answer: its deadline, or the reply to its next command taken for this one.',
  serverSees: 'A client that falls silent, or one that leaves.',
  clause: 'RFC 959 section 5.4 (each command gets a reply)',
  examples: ['drop 226', 'drop 150 on STOR', 'drop any after 600KiB of data up'],
});
