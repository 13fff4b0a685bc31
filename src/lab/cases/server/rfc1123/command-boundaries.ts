/** A04, A05: commands end at CR LF, wherever the segments of TCP are cut. */

import { setTimeout as sleep } from 'node:timers/promises';
import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf, type Reply } from '../../../engine/reply.ts';
import { strayReplies, textOf } from '../../../server-lab/stray-replies.ts';

/** Between the pieces of a command, so that each travels in a segment of its own, in milliseconds. */
const gapMs = 10;

export const commandInPieces = defineServerCase({
  id: 'rfc1123/4.1.2.10/command-in-pieces',
  row: 'A04',
  area: 'control',
  level: 'MUST',
  clause: 'RFC 1123 section 4.1.2.10',
  requirement: 'A command that comes byte by byte is answered once, when its CR LF has come.',
  outcomes: {
    once: { grade: 'pass', says: 'NOOP in six pieces is answered once, and the next command is in step' },
    refused: { grade: 'broken', says: 'NOOP in six pieces is not answered by 200' },
    'more-than-once': { grade: 'broken', says: 'one command in six pieces draws several replies' },
    shifted: { grade: 'broken', says: 'the command behind it gets the reply of another one' },
  },
  advice: 'Gather bytes until CR LF before a command is looked at.',
  async run(lab) {
    const session = await lab.open();
    for (const byte of 'NOOP\r\n') {
      await session.send(byte);
      await sleep(gapMs);
    }
    const reply = await session.reply();
    const strays = await strayReplies(session);
    const facts = textOf([reply, ...strays]);
    if (strays.length > 0) return { outcome: 'more-than-once', facts };
    if (classOf(reply) !== 2) return { outcome: 'refused', facts };
    const next = await session.command('PWD');
    return { outcome: next.code === 257 ? 'once' : 'shifted', facts: `${facts}; ${next.text}` };
  },
});

export const commandsInOneSegment = defineServerCase({
  id: 'rfc1123/4.1.2.10/commands-in-one-segment',
  row: 'A05',
  area: 'control',
  level: 'MUST',
  clause: 'RFC 1123 section 4.1.2.10',
  requirement: 'Several commands in one segment are all answered, in their order.',
  outcomes: {
    'in-order': { grade: 'pass', says: 'NOOP, PWD and TYPE I in one segment get their replies in order' },
    missing: { grade: 'broken', says: 'commands behind the first of a segment are lost' },
    'out-of-order': { grade: 'broken', says: 'the replies do not follow the order of the commands' },
    extra: { grade: 'broken', says: 'more replies come than commands were sent' },
  },
  advice: 'Keep what stands behind the CR LF of a command and read the next command from it.',
  async run(lab) {
    const session = await lab.open();
    await session.send('NOOP\r\nPWD\r\nTYPE I\r\nPWD\r\n');
    const replies: Reply[] = [];
    while (replies.length < 4) {
      const reply = await session.replyOrNothing(lab.timeouts.promptMs);
      if (reply === undefined) return { outcome: 'missing', facts: textOf(replies) || 'no reply' };
      replies.push(reply);
    }
    const strays = await strayReplies(session);
    const facts = textOf([...replies, ...strays]);
    if (strays.length > 0) return { outcome: 'extra', facts };
    const expected = [200, 257, 200, 257];
    const isInOrder = replies.every(({ code }, index) => code === expected[index]);
    return { outcome: isInOrder ? 'in-order' : 'out-of-order', facts };
  },
});
