/** Brings a transfer to the phase in which a line is to be lost. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { DataLine } from '../../../server-lab/data-line.ts';
import type { LabSession } from '../../../server-lab/lab-session.ts';
import type { ServerLab } from '../../../server-lab/server-lab.ts';
import { unsuited, type Cell } from '../../control-close/cells.ts';

/** More than kernels hold back between the two ends, so that a server that goes on is told from one that had sent all. */
export const downloadBytes = 24 * 1024 * 1024;
/** An upload that a server which goes on is seen to take to its end. */
export const uploadBytes = 4 * 1024 * 1024;
/** Moved before the fault while data move, and the whole of what is moved where the fault comes behind it. */
export const beginningBytes = 256 * 1024;
/** How long 150 is waited for where TLS on the data line is held back: some servers say it behind the handshake. */
const heldReplyMs = 500;
/**
 * How long a server has to take the connection, and then the command before the fault. A reset takes away what has not been read: without this, a server
 * that was quick had a command and one that was slow had none, and both were judged as the same.
 */
const settleMs = 100;

export interface Staged {
  readonly session: LabSession;
  readonly line: DataLine;
  readonly port: number;
  /** The name of an upload on the server. */
  readonly path: string | undefined;
  /** Everything that the transfer would move; empty for a listing. */
  readonly bytes: Buffer;
}

/** Throws `CaseSkipped` where the fault cannot be made on the line, `SetupFailed` where the transfer does not begin. */
export async function stage(lab: ServerLab, cell: Cell): Promise<Staged> {
  const { kind, direction, phase, channel } = cell;
  const unfit = unsuited(kind, lab.target.security !== 'plain');
  if (unfit !== undefined) lab.skip(unfit);
  const [path, bytes, command] = await whatToMove(lab, cell);
  const session = await lab.open();
  const port = await session.passivePort();
  // A listing is too short to be met in its middle: the server is held in it by a TLS handshake that does not begin.
  const holdsTls = phase <= 1 && (direction === 'listing' || (phase === 0 && channel === 'data'));
  const line = await session.connectData(port, holdsTls ? { tls: false } : {});
  line.discard();
  // A command that comes before the server has taken the connection is answered otherwise by some than one that comes behind.
  await sleep(settleMs);
  const at = { session, line, port, path, bytes };
  if (phase === 0) {
    line.pause();
    await session.send(`${command}\r\n`);
    await sleep(settleMs);
  } else if (phase === 1) await moveBeginning(at, command, cell, holdsTls && session.protection === 'P');
  else await moveAll(at, command, cell);
  return at;
}

async function whatToMove(
  lab: ServerLab,
  { direction, phase }: Cell,
): Promise<[path: string | undefined, bytes: Buffer, command: string]> {
  if (direction === 'listing') return [undefined, Buffer.alloc(0), `LIST ${lab.folder}`];
  if (direction === 'upload') {
    const path = lab.newPath();
    const piece = lab.random.bytes(beginningBytes);
    const count = phase <= 1 ? uploadBytes / beginningBytes : 1;
    return [path, Buffer.concat(Array.from({ length: count }, () => piece)), `STOR ${path}`];
  }
  const file = await lab.file(phase <= 1 ? downloadBytes : beginningBytes);
  return [undefined, file.bytes, `RETR ${file.path}`];
}

async function moveBeginning({ session, line, bytes }: Staged, command: string, cell: Cell, held: boolean) {
  if (held) {
    await session.send(`${command}\r\n`);
    await session.replyOrNothing(heldReplyMs);
    return;
  }
  await session.need([125, 150], command);
  await line.secured;
  if (cell.direction === 'upload') await line.write(bytes.subarray(0, beginningBytes));
  if (cell.direction === 'download') await line.untilReceived(beginningBytes);
  if (cell.direction !== 'upload') line.pause();
}

/** The lab's own end of the data line is left undone where the fault is to be that end. */
async function moveAll({ session, line, bytes }: Staged, command: string, { direction, phase, channel }: Cell) {
  await session.need([125, 150], command);
  await line.secured;
  if (direction === 'upload') {
    await line.write(bytes);
    if (channel === 'control') {
      endOwnHalf(line);
      await Promise.race([line.ended, line.closeNotified(), sleep(300)]);
    }
  } else if (direction === 'download') await line.untilReceived(bytes.length);
  else await Promise.race([line.ended, line.closeNotified(), sleep(2_000)]);
  if (phase !== 3) return;
  // Servers wait for the client's end before 226. Behind it a fault on the data line needs a line that still stands.
  if (channel === 'data') endOwnHalf(line, direction !== 'upload');
  else if (direction !== 'upload') endOwnHalf(line);
  await session.reply();
}

function endOwnHalf(line: DataLine, keepsTcp = false): void {
  if (line.tls === undefined) line.fin();
  else if (keepsTcp) line.closeNotifyOnly();
  else line.closeNotifyThenFin();
}
