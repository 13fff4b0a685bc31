/** A11: NUL, CR and Telnet commands inside of command lines. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import type { LabSession } from '../../../server-lab/lab-session.ts';
import { hasEnded, strayReplies, textOf } from '../../../server-lab/stray-replies.ts';

/** What it means that no reply came: whether the next command gets one. */
async function withoutReply<Outcome extends string>(
  session: LabSession,
  outcome: Outcome,
): Promise<Outcome | 'closed' | 'stuck'> {
  if (hasEnded(session)) return 'closed';
  const next = await session.command('NOOP').catch(() => undefined);
  return next === undefined ? 'stuck' : outcome;
}

export const nulInPath = defineServerCase({
  id: 'engineering/control/nul-in-path',
  row: 'A11a',
  area: 'control',
  level: 'engineering',
  clause: 'engineering',
  requirement: 'A path with NUL inside is not cut at the NUL.',
  outcomes: {
    refused: { grade: 'pass', says: 'a path with NUL inside is refused' },
    ignored: { grade: 'broken', says: 'a command with NUL inside is not answered' },
    closed: { grade: 'broken', says: 'NUL in a command ends the session without a word' },
    cut: { grade: 'broken', says: 'a path is cut at the NUL: the server checks one name and uses another' },
    stuck: { grade: 'fail', says: 'nothing is answered any more behind a command with NUL' },
  },
  advice: 'Refuse NUL in arguments by 501 before the path is used.',
  async run(lab) {
    const { folder } = lab;
    const session = await lab.open();
    await session.send(`CWD ${folder}\0x\r\n`);
    const reply = await session.replyOrNothing(lab.timeouts.promptMs);
    if (reply !== undefined) return { outcome: classOf(reply) === 2 ? 'cut' : 'refused', facts: reply.text };
    return withoutReply(session, 'ignored');
  },
});

export const carriageReturnInside = defineServerCase({
  id: 'rfc959/5.3/carriage-return-inside',
  row: 'A11b',
  area: 'control',
  level: 'MUST',
  clause: 'RFC 959 section 5.3, RFC 1123 section 4.1.2.10',
  requirement: 'CR without LF does not end a command.',
  outcomes: {
    'one-command': { grade: 'pass', says: 'CR inside of a line does not begin another command' },
    closed: { grade: 'info', says: 'CR inside of a line ends the session' },
    ignored: { grade: 'broken', says: 'a command with CR inside is not answered' },
    smuggled: { grade: 'broken', says: 'what stands behind a bare CR is run as another command' },
    stuck: { grade: 'fail', says: 'nothing is answered any more behind a bare CR' },
  },
  advice: 'End commands at CR LF only, and refuse CR in arguments by 501.',
  async run(lab) {
    const session = await lab.open();
    await session.send(`CWD ${lab.random.word(12)}\rPWD\r\n`);
    const reply = await session.replyOrNothing(lab.timeouts.promptMs);
    if (reply === undefined) return withoutReply(session, 'ignored');
    const strays = await strayReplies(session);
    const facts = textOf([reply, ...strays]);
    return { outcome: strays.length > 0 ? 'smuggled' : 'one-command', facts };
  },
});

export const telnetCommandInside = defineServerCase({
  id: 'rfc959/4.1/telnet-command-inside',
  row: 'A11c',
  area: 'control',
  level: 'MAY',
  clause: 'RFC 959 section 4.1',
  requirement: 'Telnet IAC NOP in front of a command is skipped or refused, and blocks nothing behind it.',
  outcomes: {
    skipped: { grade: 'info', says: 'IAC NOP in front of a command is skipped' },
    refused: { grade: 'info', says: 'a command with IAC NOP in front is refused' },
    swallowed: { grade: 'info', says: 'a command behind IAC NOP is not answered, and the next one is' },
    closed: { grade: 'info', says: 'IAC ends the session' },
    stuck: { grade: 'fail', says: 'nothing is answered any more behind IAC NOP' },
  },
  advice: 'Skip Telnet commands of two bytes on the control connection, as clients send them around ABOR.',
  async run(lab) {
    const session = await lab.open();
    await session.send(Buffer.concat([Buffer.from([255, 241]), Buffer.from('NOOP\r\n')]));
    const reply = await session.replyOrNothing(lab.timeouts.promptMs);
    if (reply !== undefined) return { outcome: classOf(reply) === 2 ? 'skipped' : 'refused', facts: reply.text };
    return withoutReply(session, 'swallowed');
  },
});
