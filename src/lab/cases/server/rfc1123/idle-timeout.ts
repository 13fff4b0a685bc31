/** A13, A14: how long a session may be idle, and that a transfer is no idleness. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import { hasEnded } from '../../../server-lab/stray-replies.ts';

/** Above the shortest time that RFC 1123 allows, in milliseconds. */
const longRunMs = 400_000;

export const idleTimeout = defineServerCase({
  id: 'rfc1123/4.1.3.2/idle-timeout',
  row: 'A13',
  area: 'control',
  level: 'SHOULD',
  clause: 'RFC 1123 section 4.1.3.2',
  requirement: 'An idle session is not ended before 5 minutes, and then by 421.',
  outcomes: {
    kept: { grade: 'pass', says: 'a session that was idle for 5 minutes goes on' },
    'too-early': { grade: 'broken', says: 'an idle session is ended by 421 before 5 minutes' },
    'without-421': { grade: 'broken', says: 'an idle session is ended before 5 minutes and without 421' },
  },
  advice: 'Let sessions be idle for at least 5 minutes, and say 421 before one is ended.',
  intrusive: true,
  deadlineMs: longRunMs,
  async run(lab) {
    const session = await lab.open();
    const sinceMs = performance.now();
    const word = await session.replyOrNothing(lab.timeouts.idleMs);
    const facts = `${word?.text ?? 'no reply'} after ${Math.round((performance.now() - sinceMs) / 1000)} s`;
    if (word?.code === 421) return { outcome: 'too-early', facts };
    if (hasEnded(session)) return { outcome: 'without-421', facts };
    const reply = await session.command('NOOP');
    return { outcome: classOf(reply) === 2 ? 'kept' : 'too-early', facts: reply.text };
  },
});

export const idleInTransfer = defineServerCase({
  id: 'rfc1123/4.1.3.2/idle-in-transfer',
  row: 'A14',
  area: 'control',
  level: 'SHOULD',
  clause: 'RFC 1123 section 4.1.3.2',
  requirement: 'While data move, the silence on the control connection does not end the session.',
  outcomes: {
    kept: { grade: 'pass', says: 'a slow download of more than 5 minutes ends with 226, and the session goes on' },
    'ended-in-transfer': { grade: 'broken', says: 'the session is ended while data move' },
    'ended-behind-transfer': { grade: 'broken', says: 'the session is ended as idle when the transfer has ended' },
  },
  advice: 'Start the idle timer anew at the end of each transfer, and let it rest while data move.',
  smoke: true,
  intrusive: true,
  deadlineMs: longRunMs,
  async run(lab) {
    const file = await lab.file(8 * 1024 * 1024);
    const session = await lab.open();
    const line = await session.passive();
    line.discard();
    await session.need([125, 150], `RETR ${file.path}`);
    await line.secured;
    const untilMs = performance.now() + lab.timeouts.idleMs;
    const stepMs = Math.min(1_000, lab.timeouts.idleMs / 10);
    const stepBytes = Math.floor((file.bytes.length / 2) * (stepMs / lab.timeouts.idleMs));
    for (let wanted = stepBytes; performance.now() < untilMs && !hasEnded(session); wanted += stepBytes) {
      line.resume();
      await line.untilReceived(Math.min(wanted, file.bytes.length)).catch(() => undefined);
      line.pause();
      const early = await session.replyOrNothing(stepMs);
      if (early?.code === 421) return { outcome: 'ended-in-transfer', facts: early.text };
    }
    if (hasEnded(session)) return { outcome: 'ended-in-transfer', facts: 'without 421' };
    line.resume();
    const done = await session.replyOrNothing();
    if (done === undefined || classOf(done) !== 2) {
      return { outcome: 'ended-in-transfer', facts: done?.text ?? 'no reply' };
    }
    line.destroy();
    const next = await session.command('NOOP').catch(() => undefined);
    return {
      outcome: next?.code === 200 ? 'kept' : 'ended-behind-transfer',
      facts: `${done.text}; ${next?.text ?? ''}`,
    };
  },
});
