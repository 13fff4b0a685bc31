/** A09: command lines far longer than any command. */

import { within } from '../../../../peer/index.ts';
import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import { canLogIn } from '../../../server-lab/aftermath.ts';
import { hasEnded, strayReplies, textOf } from '../../../server-lab/stray-replies.ts';

export const longCommandLine = defineServerCase({
  id: 'engineering/control/long-command-line',
  row: 'A09a',
  area: 'control',
  level: 'engineering',
  clause: 'engineering',
  requirement: 'A line of 64 KiB is refused as one command, or ends the session; its pieces are not run as commands.',
  outcomes: {
    refused: { grade: 'pass', says: 'the long line is refused once, and the session goes on' },
    closed: { grade: 'pass', says: 'the long line ends the session' },
    accepted: { grade: 'broken', says: 'a name of 64 KiB is taken for a folder' },
    split: { grade: 'fail', says: 'one long line draws several replies: pieces of it are taken for commands' },
    shifted: { grade: 'broken', says: 'the command behind the long line is not answered as it must be' },
  },
  advice: 'Drop a line that is too long up to its CR LF, answer 500 once, or end the session.',
  async run(lab) {
    const session = await lab.open();
    await session.send(`CWD ${'NOOP '.repeat(13_107)}\r\n`).catch(() => undefined);
    const reply = await session.replyOrNothing();
    const strays = reply === undefined ? [] : await strayReplies(session);
    const facts = textOf(reply === undefined ? [] : [reply, ...strays]);
    if (hasEnded(session)) return { outcome: 'closed', facts };
    if (strays.length > 0) return { outcome: 'split', facts };
    if (reply !== undefined && classOf(reply) === 2) return { outcome: 'accepted', facts };
    const next = await session.command('NOOP');
    return {
      outcome: reply !== undefined && next.code === 200 ? 'refused' : 'shifted',
      facts: `${facts}; ${next.text}`,
    };
  },
});

/** Bytes of a line that never ends. */
const endlessBytes = 1024 * 1024;

export const endlessCommandLine = defineServerCase({
  id: 'engineering/control/endless-command-line',
  row: 'A09b',
  area: 'control',
  level: 'engineering',
  clause: 'engineering',
  requirement: 'A line of 1 MiB without an end is refused, or ends the session; it is not gathered without bound.',
  outcomes: {
    closed: { grade: 'pass', says: 'the session is ended before 1 MiB of one line has come' },
    refused: { grade: 'pass', says: 'the line is refused before it has ended' },
    dropped: { grade: 'pass', says: 'what is too long is dropped, and the line is refused at its end' },
    gathered: { grade: 'broken', says: '1 MiB is taken for one command' },
    stuck: { grade: 'fail', says: 'nothing is answered any more behind a line of 1 MiB' },
    'no-login': { grade: 'fail', says: 'no new session can log in behind a line of 1 MiB' },
  },
  advice: 'Bound the length of a command line; answer 500 and drop the rest, or end the session.',
  intrusive: true,
  async run(lab) {
    const session = await lab.open();
    const piece = 'A'.repeat(16 * 1024);
    for (let sent = 0; sent < endlessBytes && !hasEnded(session); sent += piece.length) {
      const taken = within(session.send(piece), 'the server to read', lab.timeouts.promptMs);
      if (!(await taken.then(() => true).catch(() => false))) break;
    }
    const early = await session.replyOrNothing(lab.timeouts.promptMs);
    const probes = [await canLogIn(lab)];
    if (probes.some(({ ok }) => !ok)) return { outcome: 'no-login', probes };
    const facts = early?.text ?? 'no reply';
    if (hasEnded(session)) return { outcome: 'closed', facts, probes };
    if (early !== undefined) return { outcome: classOf(early) === 2 ? 'gathered' : 'refused', facts, probes };
    await session.send('\r\n').catch(() => undefined);
    const late = await session.replyOrNothing();
    if (late === undefined) return { outcome: hasEnded(session) ? 'closed' : 'stuck', probes };
    return { outcome: classOf(late) === 2 ? 'gathered' : 'dropped', facts: late.text, probes };
  },
});
