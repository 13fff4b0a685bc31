/** L07 and L08: STAT and NOOP in the middle of a download. */

import { holdDownload } from '../../../server-lab/held-download.ts';
import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf, type Reply } from '../../../engine/reply.ts';
import type { ServerLab } from '../../../server-lab/server-lab.ts';

interface Answers {
  /** While the data line is held. */
  readonly atOnce: Reply | undefined;
  readonly all: readonly Reply[];
  readonly facts: string;
  readonly next: Reply | undefined;
}

/** Sends the command in the middle, waits a second, and then takes the rest of the file. */
async function askInDownload(lab: ServerLab, command: string): Promise<Answers> {
  const { session, line } = await holdDownload(lab);
  await session.send(`${command}\r\n`);
  const atOnce = await session.replyOrNothing(1_000);
  line.resume();
  await line.finish();
  const all = atOnce === undefined ? [] : [atOnce];
  while (all.length < 2) {
    const reply = await session.replyOrNothing(lab.timeouts.promptMs);
    if (reply === undefined) break;
    all.push(reply);
  }
  const next = await session.command('PWD').catch(() => undefined);
  const facts = `${atOnce === undefined ? 'deferred' : 'at once'}: ${all.map(({ text }) => text).join('; ')}`;
  return { atOnce, all, next, facts };
}

const advice = 'Answer in the middle of a transfer, or behind its final reply; once, and in order.';

export const statInTransfer = defineServerCase({
  id: 'rfc959/4.1.3/stat-in-transfer',
  row: 'L07',
  area: 'control',
  level: 'MUST',
  clause: 'RFC 959 section 4.1.3',
  requirement: 'STAT is taken in the middle of a transfer and answered by 211, at once or behind it.',
  outcomes: {
    'at-once': { grade: 'pass', says: 'STAT is answered while data move' },
    deferred: { grade: 'pass', says: 'STAT is answered behind the transfer' },
    refused: { grade: 'broken', says: 'STAT is refused while data move' },
    lost: { grade: 'broken', says: 'STAT and the transfer do not get one reply each' },
  },
  advice,
  async run(lab) {
    const { atOnce, all, next, facts } = await askInDownload(lab, 'STAT');
    if (all.length !== 2 || next?.code !== 257) return { outcome: 'lost', facts };
    if (all.some((reply) => classOf(reply) !== 2)) return { outcome: 'refused', facts };
    return { outcome: atOnce === undefined ? 'deferred' : 'at-once', facts };
  },
});

export const noopInTransfer = defineServerCase({
  id: 'rfc1123/4.1.3.3/noop-in-transfer',
  row: 'L08',
  area: 'control',
  level: 'MAY',
  clause: 'RFC 1123 section 4.1.3.3',
  requirement: 'NOOP in the middle of a transfer is answered once, at once or behind it.',
  outcomes: {
    'at-once': { grade: 'pass', says: 'NOOP is answered while data move' },
    deferred: { grade: 'pass', says: 'NOOP is answered behind the transfer' },
    refused: { grade: 'info', says: 'NOOP is refused while data move' },
    lost: { grade: 'fail', says: 'NOOP and the transfer do not get one reply each' },
  },
  advice,
  async run(lab) {
    const { atOnce, all, next, facts } = await askInDownload(lab, 'NOOP');
    if (all.length !== 2 || next?.code !== 257) return { outcome: 'lost', facts };
    if (all.some((reply) => classOf(reply) !== 2)) return { outcome: 'refused', facts };
    return { outcome: atOnce === undefined ? 'deferred' : 'at-once', facts };
  },
});
