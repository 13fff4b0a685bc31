/** A08: a command that ends with LF alone. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import { hasEnded, strayReplies, textOf } from '../../../server-lab/stray-replies.ts';

export const bareLineFeed = defineServerCase({
  id: 'rfc959/5.3/bare-line-feed',
  row: 'A08',
  area: 'control',
  level: 'MAY',
  clause: 'RFC 959 section 5.3',
  requirement: 'A command that ends with LF alone may be taken, refused or waited for, and blocks nothing behind it.',
  outcomes: {
    taken: { grade: 'info', says: 'LF alone ends a command' },
    refused: { grade: 'info', says: 'a command that ends with LF alone is refused' },
    waited: { grade: 'info', says: 'a command with LF is not taken before CR LF comes' },
    closed: { grade: 'info', says: 'the session is ended at a command that ends with LF alone' },
    stuck: { grade: 'fail', says: 'nothing is answered any more behind a command that ends with LF alone' },
  },
  advice: 'End commands at CR LF, and either take LF alone too or answer 500.',
  async run(lab) {
    const session = await lab.open();
    await session.send('NOOP\n');
    const reply = await session.replyOrNothing(lab.timeouts.promptMs);
    if (reply !== undefined) {
      return { outcome: classOf(reply) === 2 ? 'taken' : 'refused', facts: reply.text };
    }
    if (hasEnded(session)) return 'closed';
    await session.send('\r\n').catch(() => undefined);
    const late = await strayReplies(session);
    if (late.length > 0) return { outcome: 'waited', facts: textOf(late) };
    const next = await session.command('NOOP').catch(() => undefined);
    return next === undefined ? 'stuck' : { outcome: 'waited', facts: next.text };
  },
});
