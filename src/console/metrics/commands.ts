/** Commands by verb and replies by code. */

import { isVerb } from '../../server/index.ts';
import { defineMetrics } from './define-metrics.ts';

/** The label of a command: its verb where FTP has one of that name; what clients make up is all one. */
function verbOf(text: string): string {
  const [word = ''] = text.split(' ', 1);
  return isVerb(word) ? word : 'other';
}

export const commands = defineMetrics(({ library, registers }) => {
  const received = new library.Counter({
    name: 'twinline_commands_total',
    help: 'Commands by verb; "other" for what FTP does not know.',
    labelNames: ['verb'],
    registers,
  });
  const replies = new library.Counter({
    name: 'twinline_replies_total',
    help: 'Replies sent, by code.',
    labelNames: ['code'],
    registers,
  });
  return {
    command: ({ text }) => received.inc({ verb: verbOf(text) }),
    reply: ({ code, sent }) => {
      if (sent) replies.inc({ code: String(code) });
    },
  };
});
