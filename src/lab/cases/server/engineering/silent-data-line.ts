/** D19: a data connection on which the client never begins TLS. */

import { within } from '../../../../peer/index.ts';
import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';

/** Longest wait for a server to give up, in milliseconds. */
const patienceMs = 70_000;

export const silentDataLine = defineServerCase({
  id: 'engineering/data-tls/no-client-hello',
  row: 'D19',
  area: 'tls',
  level: 'engineering',
  clause: 'engineering',
  requirement:
    'A data connection on which no TLS begins is given up within a minute, and nothing is sent on it in clear.',
  outcomes: {
    ended: { grade: 'pass', says: 'the transfer is given up with a negative reply' },
    waits: { grade: 'broken', says: 'the server waits for more than 70 s' },
    'claimed-done': { grade: 'fail', says: 'the transfer is said to be complete' },
    'in-clear': { grade: 'fail', says: 'the file is sent in clear although PROT P was accepted' },
  },
  advice: 'Bound the handshake of data connections in time, and answer 425 or 522.',
  needs: ['tls'],
  intrusive: true,
  deadlineMs: 90_000,
  async run(lab) {
    const file = await lab.file(64 * 1024);
    const session = await lab.open();
    const line = await session.passive({ tls: false });
    await session.send(`RETR ${file.path}\r\n`);
    const startedMs = performance.now();
    let reply = await session.replyOrNothing(patienceMs);
    if (reply !== undefined && classOf(reply) === 1) {
      reply = await session.replyOrNothing(patienceMs - (performance.now() - startedMs));
    }
    const facts = `${reply?.text ?? 'no reply'}, after ${Math.round((performance.now() - startedMs) / 1000)} s`;
    // Success is said on another line than the bytes come on.
    if (reply !== undefined && classOf(reply) === 2) {
      await within(line.ended, 'the end', lab.timeouts.promptMs).catch(() => undefined);
    }
    if (line.unread().includes(file.bytes.subarray(0, 64))) return { outcome: 'in-clear', facts };
    if (reply === undefined) return { outcome: 'waits', facts };
    return { outcome: classOf(reply) === 2 ? 'claimed-done' : 'ended', facts };
  },
});
