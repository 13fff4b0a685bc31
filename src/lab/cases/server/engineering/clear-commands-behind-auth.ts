/** B11: a command in clear behind AUTH, in the same segment: what an attacker in the path can add. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf, type Reply } from '../../../engine/reply.ts';
import { handshakeFailure } from '../../../server-lab/handshake.ts';
import { endsSoon, strayReplies, textOf } from '../../../server-lab/stray-replies.ts';

export const clearCommandsBehindAuth = defineServerCase({
  id: 'engineering/tls/clear-commands-behind-auth',
  row: 'B11',
  area: 'security',
  level: 'engineering',
  clause: 'engineering; RFC 4217 section 4.2 resets what was before AUTH',
  requirement: 'A command that came in clear behind AUTH TLS is never run inside of TLS.',
  outcomes: {
    discarded: { grade: 'pass', says: 'what came in clear behind AUTH is thrown away' },
    refused: { grade: 'pass', says: 'AUTH with more behind it in the same segment is refused' },
    ended: { grade: 'pass', says: 'the connection is ended, for what came in clear is no handshake' },
    'answered-in-clear': { grade: 'broken', says: 'a command in clear behind AUTH is answered in clear behind 234' },
    executed: { grade: 'fail', says: 'a command that came in clear behind AUTH is run and answered inside of TLS' },
  },
  advice: 'Throw away, or take for the handshake, every byte that came behind the CR LF of AUTH before TLS is on.',
  smoke: true,
  needs: ['explicit-tls'],
  async run(lab) {
    const session = await lab.greeted();
    await session.send(`AUTH TLS\r\nUSER ${lab.random.word(10)}\r\n`);
    const reply = await session.replyOrNothing();
    if (reply === undefined) return { outcome: 'ended', facts: 'no reply to AUTH' };
    if (classOf(reply) > 3) return { outcome: 'refused', facts: reply.text };
    const clear: Reply | undefined = await session.replyOrNothing(300);
    if (clear !== undefined && (clear.code === 421 || (await endsSoon(lab, session)))) {
      return { outcome: 'ended', facts: textOf([reply, clear]) };
    }
    if (clear !== undefined) return { outcome: 'answered-in-clear', facts: textOf([reply, clear]) };
    const failure = await handshakeFailure(session);
    if (failure !== undefined) return { outcome: 'ended', facts: `${reply.text}; ${failure}` };
    const strays = await strayReplies(session);
    if (strays.length > 0) return { outcome: 'executed', facts: textOf([reply, ...strays]) };
    // Some read what they have kept only when more has come.
    const next = await session.command('SYST').catch(() => undefined);
    const late = next === undefined ? [] : [next, ...(await strayReplies(session))];
    return { outcome: late.length > 1 ? 'executed' : 'discarded', facts: textOf([reply, ...late]) };
  },
});
