/** H02: ABOR in a listing, which is held in its middle by a TLS handshake that does not begin. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf, type Reply } from '../../../engine/reply.ts';
import { watchEnd } from '../../../server-lab/aftermath.ts';
import type { LabSession } from '../../../server-lab/lab-session.ts';

/** How long 150 is waited for: some servers say it behind the handshake. */
const heldReplyMs = 500;

export const abortInListing = defineServerCase({
  id: 'rfc959/4.1.3/abort-in-listing',
  row: 'H02b',
  area: 'data',
  level: 'MUST',
  clause: 'RFC 959 sections 3.2 (2) and 4.1.3',
  requirement: 'ABOR in a listing closes the data connection and is answered by 426 and then 226; the session goes on.',
  outcomes: {
    aborted: { grade: 'pass', says: 'the data connection is closed, 426 and 226 come, and the session goes on' },
    'not-begun': {
      grade: 'pass',
      says: 'the listing had not been announced; the data connection is closed, 226 or 225 comes, and the session goes on',
    },
    'held-in-handshake': {
      grade: 'non-strict',
      says: 'ABOR is answered only when TLS on the data connection has begun',
    },
    open: { grade: 'broken', says: 'ABOR is answered, and the data connection stays open' },
    'other-replies': { grade: 'broken', says: 'ABOR is not answered by 426 and then 226' },
    lost: { grade: 'broken', says: 'the session cannot be used behind ABOR' },
  },
  advice: 'Read the control connection while a listing waits for its data connection, and close that at ABOR.',
  needs: ['tls'],
  async run(lab) {
    const session = await lab.open();
    const line = await session.passive({ tls: false });
    await session.send('LIST\r\n');
    const begun = await session.replyOrNothing(heldReplyMs);
    if (begun !== undefined && classOf(begun) !== 1) lab.skip(`LIST is answered ${begun.text} before TLS begins`);
    const faultMs = session.fault('ABOR in a listing that waits for TLS');
    await session.send('ABOR\r\n');
    const first = await endOf(session, lab.timeouts.promptMs);
    if (first === undefined) {
      session.secureData(line);
      await line.secured.then(() => line.finish(lab.timeouts.promptMs)).catch(() => undefined);
      const late = await endOf(session, lab.timeouts.promptMs);
      return { outcome: late === undefined ? 'lost' : 'held-in-handshake', facts: late?.text ?? 'no reply' };
    }
    const second = classOf(first) > 3 ? await session.replyOrNothing(lab.timeouts.promptMs) : undefined;
    const isClean = (how: string): boolean => how !== 'open';
    const end = await watchEnd(line, faultMs, { withinMs: lab.timeouts.promptMs, bytesBefore: 0, isClean });
    const seen = { facts: [first, second].flatMap((reply) => reply?.text ?? []).join('; '), lines: [end] };
    const noop = await session.command('NOOP').catch(() => undefined);
    if (noop === undefined || classOf(noop) !== 2) return { outcome: 'lost', ...seen };
    if (!end.isClean) return { outcome: 'open', ...seen };
    if (begun === undefined && classOf(first) === 2) return { outcome: 'not-begun', ...seen };
    const isTold = first.code === 426 && second !== undefined && classOf(second) === 2;
    return { outcome: isTold ? 'aborted' : 'other-replies', ...seen };
  },
});

/** The next reply past 150. */
async function endOf(session: LabSession, timeoutMs: number): Promise<Reply | undefined> {
  const reply = await session.replyOrNothing(timeoutMs);
  return reply !== undefined && classOf(reply) === 1 ? session.replyOrNothing(timeoutMs) : reply;
}
