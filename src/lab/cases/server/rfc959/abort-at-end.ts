/** L04: ABOR that meets the last byte of a download. */

import { setTimeout as sleep } from 'node:timers/promises';
import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';

export const abortAtEnd = defineServerCase({
  id: 'rfc959/4.1.3/abort-at-end',
  row: 'L04',
  area: 'control',
  level: 'MUST',
  clause: 'RFC 959 section 4.1.3',
  requirement: 'ABOR that comes as the last byte leaves gets a reply of its own beside that of the transfer.',
  outcomes: {
    two: { grade: 'pass', says: 'exactly two replies come, one for the transfer and one for ABOR' },
    one: { grade: 'broken', says: 'one reply comes for the transfer and ABOR together' },
    more: { grade: 'broken', says: 'more than two replies come' },
    none: { grade: 'broken', says: 'no reply comes' },
    shifted: { grade: 'broken', says: 'the next command gets a reply that belongs to another' },
  },
  advice: 'Count replies: one ends the transfer, one answers ABOR, in this order.',
  async run(lab) {
    const file = await lab.file(256 * 1024);
    const session = await lab.open();
    const line = await session.passive();
    line.discard();
    await session.need([125, 150], `RETR ${file.path}`);
    await line.secured;
    await line.untilReceived(file.bytes.length);
    session.fault('ABOR behind the last byte');
    await session.send('ABOR\r\n');
    await line.finish(lab.timeouts.promptMs).catch(() => undefined);
    const replies = [];
    for (let at = 0; at < 2; at++) {
      const reply = await session.replyOrNothing(lab.timeouts.promptMs);
      if (reply !== undefined) replies.push(reply);
    }
    await sleep(200);
    const pwd = await session.command('PWD').catch(() => undefined);
    const facts = [...replies, pwd].map((reply) => reply?.text ?? 'nothing').join('; ');
    if (replies.length === 0) return { outcome: 'none', facts };
    if (replies.length === 1) return { outcome: 'one', facts };
    if (pwd?.code === 225 || pwd?.code === 226) return { outcome: 'more', facts };
    if (pwd?.code !== 257 || classOf(pwd) !== 2) return { outcome: 'shifted', facts };
    return { outcome: 'two', facts };
  },
});
