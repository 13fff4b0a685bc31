/** L09: a client that sends NOOP while data move, and servers that answer it at once, late, or never. */

import { type ScriptedSession } from '../../../../peer/index.ts';
import type { ClientLab, RogueOptions } from '../../../client-lab/client-lab.ts';
import { type ClientCase, defineClientCase, type Seen } from '../../../engine/lab-case.ts';
import { isWhole } from '../coping-case.ts';

/** For so long data move in the hope of a NOOP, in milliseconds. */
const patienceMs = 8_000;
/** And for so long behind the first one: more may come. */
const moreMs = 1_500;
/** Between pieces of the data. */
const stepMs = 200;
const pieceBytes = 1_000;

interface Order {
  readonly row: string;
  readonly name: string;
  readonly requirement: string;
  readonly answers: 'at-once' | 'behind' | 'never';
  /** The last reply of the transfer. */
  readonly result: string;
}

const orders: readonly Order[] = [
  {
    row: 'L09a',
    name: 'answered-at-once',
    requirement: 'The answer to a NOOP that comes before 226 is not taken for the end of the transfer.',
    answers: 'at-once',
    result: '226 Done',
  },
  {
    row: 'L09b',
    name: 'answered-behind-226',
    requirement: 'The answer to a NOOP that comes behind 226 is not taken for that of the next command.',
    answers: 'behind',
    result: '226 Done',
  },
  {
    row: 'L09c',
    name: 'never-answered',
    requirement: 'A NOOP that is never answered is not waited for without end.',
    answers: 'never',
    result: '226 Done',
  },
  {
    row: 'L09d',
    name: 'answered-before-failure',
    requirement: 'The good answer to a NOOP does not stand for the transfer that fails behind it.',
    answers: 'at-once',
    result: '451 The disk had a bad day',
  },
];

async function takeNoop(session: ScriptedSession): Promise<boolean> {
  const measure = (unread: Buffer) => (/^noop\r\n/i.test(unread.subarray(0, 6).toString('latin1')) ? 6 : undefined);
  return session.control.take(measure, 'NOOP', stepMs).then(
    () => true,
    () => false,
  );
}

/** Serves slowly until a NOOP has come, and counts them. */
function slowFile(content: Buffer, order: Order, counted: { noops: number }): RogueOptions {
  return {
    content,
    commands: {
      RETR: async (session) => {
        session.restartAt = 0;
        await session.reply('150 Here it comes');
        const line = await session.acceptData();
        let until = performance.now() + patienceMs;
        let at = 0;
        for (; performance.now() < until && at + pieceBytes < content.length / 2; at += pieceBytes) {
          await line.write(content.subarray(at, at + pieceBytes));
          if (!(await takeNoop(session))) continue;
          if (counted.noops === 0) until = performance.now() + moreMs;
          counted.noops += 1;
          if (order.answers === 'at-once') await session.reply('200 Here');
        }
        if (order.result.startsWith('2')) await line.write(content.subarray(at));
        await session.endData(line);
        await session.reply(order.result);
        if (order.answers === 'behind')
          for (let noop = 0; noop < counted.noops; noop++) await session.reply('200 Here');
      },
    },
  };
}

const outcomes = {
  works: { grade: 'pass', says: 'the client counts its replies right' },
  notices: { grade: 'pass', says: 'the client reports the failure of the transfer' },
  fails: { grade: 'broken', says: 'the client takes one reply for another and fails' },
  believes: { grade: 'fail', says: 'the client takes the answer to NOOP for the success of the transfer' },
  hangs: { grade: 'broken', says: 'the client comes to no end' },
  crashes: { grade: 'fail', says: 'the client crashes' },
} as const;

async function judge(lab: ClientLab, order: Order): Promise<Seen<keyof typeof outcomes>> {
  const content = lab.random.bytes(256 * 1024);
  const counted = { noops: 0 };
  const run = await lab.run(slowFile(content, order, counted));
  if (counted.noops === 0) lab.skip('the client sends no NOOP while data move');
  const facts = `NOOP came ${counted.noops} times while data moved; ${run.facts}`;
  const isGood = order.result.startsWith('2');
  if (run.hung) return { outcome: 'hangs', facts };
  if (run.crashed) return { outcome: 'crashes', facts };
  if (!run.claimsSuccess) return { outcome: isGood ? 'fails' : 'notices', facts };
  return { outcome: isGood && isWhole(run, 'download', lab.remote) ? 'works' : 'believes', facts };
}

export const keepaliveReplies: readonly ClientCase[] = orders.map((order) =>
  defineClientCase({
    id: `rfc1123/4.1.4.4/noop-${order.name}`,
    row: order.row,
    area: 'control',
    level: 'SHOULD',
    clause: 'RFC 1123 section 4.1.4.4',
    requirement: order.requirement,
    outcomes,
    advice: 'Count the replies that are due, tell them by their codes, and wait a bounded time for those of NOOP.',
    task: 'keepalive',
    waits: true,
    run: (lab) => judge(lab, order),
  }),
);
