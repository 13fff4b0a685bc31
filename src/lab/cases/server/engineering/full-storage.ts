/** N09: an upload for which there is no room. */

import { defineServerCase, type LineReport } from '../../../engine/lab-case.ts';
import { classOf, type Reply } from '../../../engine/reply.ts';
import { sizeOf, watchEnd } from '../../../server-lab/aftermath.ts';
import type { LabSession } from '../../../server-lab/lab-session.ts';
import type { ServerLab } from '../../../server-lab/server-lab.ts';

/** The lab fills no more than this, in bytes. */
const maxFillBytes = 256 * 1024 * 1024;
const pieceBytes = 256 * 1024;
/** Within this, in milliseconds, the room must be filled and the upload answered. */
const fillMs = 90_000;

/** The room that there is: as the user has said, or as AVBL tells it (draft-peterson-streamlined-ftp-command-extensions). */
async function roomOf(lab: ServerLab, session: LabSession): Promise<number> {
  const { quotaBytes } = lab.target;
  const told = quotaBytes === undefined ? await session.command(`AVBL ${lab.folder}`) : undefined;
  const room = quotaBytes ?? Number(/^213 (\d+)$/.exec(told?.text ?? '')?.[1] ?? Number.NaN);
  if (Number.isNaN(room)) {
    lab.skip(
      'the server does not tell how much room there is (AVBL); log in as a user with a quota, and name it (--quota)',
    );
  }
  if (room > maxFillBytes) {
    lab.skip(
      `there is room for ${room} bytes, and no more than ${maxFillBytes} are filled; log in as a user with a quota`,
    );
  }
  return room;
}

export const fullStorage = defineServerCase({
  id: 'rfc959/5.4/storage-is-full',
  row: 'N09',
  area: 'failure',
  level: 'MUST',
  clause: 'RFC 959 sections 5.4 and 3.2 (5)',
  requirement:
    'An upload for which there is no room ends by 452 or 552: the data connection is closed, the session goes on.',
  outcomes: {
    told: {
      grade: 'pass',
      says: 'the upload ends by 452 or 552, its data connection is closed, and the session goes on',
    },
    'other-code': { grade: 'non-strict', says: 'the upload is refused by another code than 452 and 552' },
    confirmed: { grade: 'fail', says: 'the upload is confirmed, and not all of it is there' },
    fits: { grade: 'info', says: 'more can be stored than there should be room for' },
    'left-open': { grade: 'broken', says: 'the data connection stays open when there is no room any more' },
    lost: { grade: 'broken', says: 'the session cannot be used behind an upload for which there was no room' },
  },
  advice: 'At a full disk or quota close the data connection, answer 452 or 552, and keep the session.',
  needs: ['write'],
  intrusive: true,
  alone: true,
  deadlineMs: 120_000,
  async run(lab) {
    const session = await lab.open();
    const room = await roomOf(lab, session);
    const path = lab.newPath();
    const { reply, sent, end } = await fill(lab, session, path, room + 4 * pieceBytes);
    const noop = await session.command('NOOP').catch(() => undefined);
    const size = await sizeOf(lab, path);
    await lab.open().then((other) => other.command(`DELE ${path}`));
    const facts = `${reply?.text ?? 'no reply'}; ${sent} bytes sent into a room of ${room}; ${size ?? 'no'} bytes under the name`;
    const seen = { facts, lines: end === undefined ? [] : [end] };
    if (reply !== undefined && classOf(reply) === 2) return { outcome: size === sent ? 'fits' : 'confirmed', ...seen };
    if (end?.ending === 'open') return { outcome: 'left-open', ...seen };
    if (reply === undefined || noop?.code !== 200) return { outcome: 'lost', ...seen };
    return { outcome: reply.code === 452 || reply.code === 552 ? 'told' : 'other-code', ...seen };
  },
});

interface Filled {
  readonly reply: Reply | undefined;
  readonly sent: number;
  /** How the server ended the data line; undefined where it did not begin, or where all was sent and the lab ended it. */
  readonly end?: LineReport;
}

/** Sends until the server ends the line or answers, and ends the upload in order where it does neither. */
async function fill(lab: ServerLab, session: LabSession, path: string, wanted: number): Promise<Filled> {
  const line = await session.passive();
  const begun = await session.command(`STOR ${path}`);
  if (classOf(begun) !== 1) {
    line.destroy();
    return { reply: begun, sent: 0 };
  }
  await line.secured;
  let isOver = false;
  const answer = session.replyOrNothing(fillMs).finally(() => (isOver = true));
  const over = Promise.race([answer, line.ended, line.closeNotified()]);
  const isOpen = (): boolean => !isOver && line.ending.how === 'none';
  const piece = lab.random.bytes(pieceBytes);
  let sent = 0;
  while (sent < wanted && isOpen()) {
    await Promise.race([line.write(piece).catch(() => undefined), over]);
    sent += pieceBytes;
  }
  const isOurs = isOpen();
  if (isOurs && line.tls === undefined) line.fin();
  else if (isOurs) line.closeNotifyThenFin();
  const reply = await answer;
  if (isOurs) return { reply, sent };
  const isClean = (how: string): boolean => how !== 'open';
  const end = await watchEnd(line, performance.now(), { withinMs: lab.timeouts.promptMs, bytesBefore: 0, isClean });
  line.destroy();
  return { reply, sent, end };
}
