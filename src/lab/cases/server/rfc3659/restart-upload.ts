/** K10, K11 and K18: REST and what STOR and APPE make of it. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf, type Reply } from '../../../engine/reply.ts';
import { putOwnFile, readBack } from '../../../server-lab/own-files.ts';
import { transferUp } from '../../../server-lab/plain-transfers.ts';
import type { ServerLab } from '../../../server-lab/server-lab.ts';

const oldBytes = Buffer.alloc(1000, 'o');
const newBytes = Buffer.alloc(100, 'n');

interface Resumed {
  readonly reply: Reply;
  /** What is under the name then; undefined where the restart was refused. */
  readonly content?: Buffer;
  readonly facts: string;
}

/** A file of 1,000 times `o`, and 100 times `n` sent with a marker. */
async function resume(lab: ServerLab, at: number, verb: 'STOR' | 'APPE'): Promise<Resumed> {
  const session = await lab.open();
  const path = await putOwnFile(lab, session, oldBytes);
  const line = await session.passive();
  const rest = await session.implemented(`REST ${at}`);
  if (rest.code !== 350) return { reply: rest, facts: `REST: ${rest.text}` };
  const reply = await transferUp(session, path, newBytes, verb, line);
  if (classOf(reply) !== 2) return { reply, facts: `${verb}: ${reply.text}` };
  const content = await readBack(session, path);
  return { reply, content, facts: `${verb}: ${reply.text}; ${content.length} bytes are there` };
}

const isKept = (content: Buffer, at: number): boolean =>
  content.equals(Buffer.concat([oldBytes.subarray(0, at), newBytes, oldBytes.subarray(at + newBytes.length)]));
const isCut = (content: Buffer, at: number): boolean =>
  content.equals(Buffer.concat([oldBytes.subarray(0, at), newBytes]));

export const restartedUpload = defineServerCase({
  id: 'rfc3659/5.3/restarted-upload',
  row: 'K10a',
  area: 'features',
  level: 'MUST',
  clause: 'RFC 3659 section 5.3',
  requirement: 'STOR behind REST with the size of what is there goes on at its end.',
  outcomes: {
    joined: { grade: 'pass', says: 'the new bytes follow the old ones' },
    refused: { grade: 'broken', says: 'the restart of an upload at its end is refused' },
    spoiled: { grade: 'fail', says: 'what is there then is not the old bytes with the new ones behind them' },
  },
  advice: 'Write from the byte that REST names on, and keep what is before it.',
  needs: ['write'],
  async run(lab) {
    const { content, facts } = await resume(lab, oldBytes.length, 'STOR');
    if (content === undefined) return { outcome: 'refused', facts };
    return { outcome: isKept(content, oldBytes.length) ? 'joined' : 'spoiled', facts };
  },
});

export const overwrittenMiddle = defineServerCase({
  id: 'rfc3659/5.3/rest-in-the-middle-then-stor',
  row: 'K10b',
  area: 'features',
  level: 'MAY',
  clause: 'RFC 3659 section 5.3',
  requirement: 'STOR behind REST with less than the size puts the bytes there; what lies behind them is undefined.',
  outcomes: {
    kept: { grade: 'info', says: 'the bytes behind the new ones are kept' },
    cut: { grade: 'info', says: 'the file ends behind the new bytes' },
    refused: { grade: 'info', says: 'such a restart is refused' },
    misplaced: { grade: 'fail', says: 'the new bytes are not at the place of the marker' },
  },
  advice: 'Write at the marker; a client that has restarted will send the rest of the file.',
  needs: ['write'],
  async run(lab) {
    const { content, facts } = await resume(lab, 400, 'STOR');
    if (content === undefined) return { outcome: 'refused', facts };
    if (isKept(content, 400)) return { outcome: 'kept', facts };
    return { outcome: isCut(content, 400) ? 'cut' : 'misplaced', facts };
  },
});

export const restThenAppend = defineServerCase({
  id: 'rfc3659/5.3/rest-then-appe',
  row: 'K11',
  area: 'features',
  level: 'MUST',
  clause: 'RFC 3659 section 5.3',
  requirement: 'APPE behind REST is refused, or acts as STOR: the bytes go where the marker says.',
  outcomes: {
    'as-stor': { grade: 'pass', says: 'APPE puts the bytes where the marker says' },
    refused: { grade: 'pass', says: 'APPE behind REST is refused' },
    appended: { grade: 'broken', says: 'APPE leaves the marker aside and puts the bytes at the end' },
    misplaced: { grade: 'fail', says: 'the new bytes are neither at the marker nor at the end' },
  },
  advice: 'Treat APPE behind REST as STOR, or answer 503.',
  needs: ['write'],
  async run(lab) {
    const { content, facts } = await resume(lab, 400, 'APPE');
    if (content === undefined) return { outcome: 'refused', facts };
    if (isKept(content, 400) || isCut(content, 400)) return { outcome: 'as-stor', facts };
    return { outcome: isKept(content, oldBytes.length) ? 'appended' : 'misplaced', facts };
  },
});

export const restBehindEndThenStore = defineServerCase({
  id: 'rfc3659/5.3/rest-past-end-then-stor',
  row: 'K18',
  area: 'features',
  level: 'MAY',
  clause: 'RFC 3659 section 5.3',
  requirement: 'STOR with a marker behind the end, as where the file has shrunk since SIZE, has no defined effect.',
  outcomes: {
    refused: { grade: 'info', says: 'the upload is refused' },
    hole: { grade: 'info', says: 'the bytes between the end and the marker are zero' },
    appended: { grade: 'info', says: 'the new bytes follow the old ones' },
    otherwise: { grade: 'fail', says: 'the old bytes are spoiled or the new ones are lost' },
  },
  advice: 'Answer 554 to such a STOR: the client must ask for the size again.',
  needs: ['write'],
  async run(lab) {
    const { content, facts } = await resume(lab, 1500, 'STOR');
    if (content === undefined) return { outcome: 'refused', facts };
    if (isKept(content, oldBytes.length)) return { outcome: 'appended', facts };
    const hole = Buffer.concat([oldBytes, Buffer.alloc(500), newBytes]);
    return { outcome: content.equals(hole) ? 'hole' : 'otherwise', facts };
  },
});
