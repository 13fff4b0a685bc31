/** Goes on with a transfer behind a fault, at a pace that lets a server notice, and tells how the data line ended. */

import { setTimeout as sleep } from 'node:timers/promises';
import { endedAtMs, type WatchedLine } from '../../../../peer/index.ts';
import type { LineReport } from '../../../engine/lab-case.ts';
import { beginningBytes, type Staged } from './staging.ts';

/** A server has noticed at once when it takes no longer than this, in milliseconds. */
export const noticeMs = 1_000;
/** How long it is waited for beyond. */
const patienceMs = 1_500;
/** How long a download may take to its end while something still arrives: a busy machine sends slowly. */
const slowMs = 10_000;
/** A piece of this many bytes in each of these many milliseconds: some 12 MB/s down and 3 MB/s up. */
const [pieceDown, pieceUp, paceMs] = [128 * 1024, 32 * 1024, 10];

export interface Followed {
  readonly report: LineReport;
  /** The whole file went over the line. */
  readonly isWhole: boolean;
  /** Neither whole nor ended: bytes still came when the lab stopped looking. */
  readonly isMoving?: boolean;
}

function hasEnded(line: WatchedLine): boolean {
  return line.ending.how !== 'none';
}

async function untilEnded(line: WatchedLine, ms: number): Promise<void> {
  const over = new AbortController();
  const late = sleep(ms, undefined, { signal: over.signal }).catch(() => undefined);
  await Promise.race([line.ended, line.closeNotified(), late]);
  over.abort();
}

/**
 * Until the line has ended, nothing has come in the time of the patience, or `performance.now()` is `atMostMs`. Resolves
 * with whether bytes still come.
 */
async function untilStill(line: WatchedLine, atMostMs: number): Promise<boolean> {
  let before = -1;
  while (line.receivedBytes > before && !hasEnded(line) && performance.now() < atMostMs) {
    before = line.receivedBytes;
    await untilEnded(line, patienceMs);
  }
  return line.receivedBytes > before && !hasEnded(line);
}

function reportOf(line: WatchedLine, name: string, faultMs: number, isClean: boolean, bytes?: number): LineReport {
  const at = endedAtMs(line.ending);
  const { how, finAtMs } = line.ending;
  const ofOurs = finAtMs !== undefined ? 'fin' : line.raw.destroyed ? 'here' : 'open';
  return {
    line: name,
    ending: how === 'none' ? ofOurs : how,
    ...(at === undefined ? {} : { afterFaultMs: Math.max(0, Math.round(at - faultMs)) }),
    ...(bytes === undefined ? {} : { bytesAfterFault: bytes }),
    isClean,
  };
}

type Moved = Pick<Staged, 'line' | 'bytes'>;

/** Reads on slowly until the server has had its time, then as fast as it comes. */
export async function readOn({ line, bytes }: Moved, faultMs: number): Promise<Followed> {
  const before = line.receivedBytes;
  while (performance.now() < faultMs + noticeMs && !hasEnded(line)) {
    line.resume();
    await Promise.race([line.untilReceived(line.receivedBytes + pieceDown, paceMs).catch(() => undefined), line.ended]);
    if (hasEnded(line)) break;
    line.pause();
    await sleep(paceMs);
  }
  line.resume();
  const isMoving = await untilStill(line, faultMs + slowMs);
  const isWhole = line.receivedBytes >= bytes.length;
  const { how } = line.ending;
  const isCut = how === 'reset' || (how === 'fin' && line.tls !== undefined);
  const isClean = isCut || isWhole || isMoving;
  return { report: reportOf(line, line.name, faultMs, isClean, line.receivedBytes - before), isWhole, isMoving };
}

/** Writes on slowly until the server has had its time, then to the end of the file. */
export async function writeOn({ line, bytes }: Moved, from: number, faultMs: number): Promise<Followed> {
  let at = from;
  line.resume();
  await Promise.race([line.secured.catch(() => undefined), untilEnded(line, noticeMs + patienceMs)]);
  const isReady = line.raw.destroyed ? false : !hasEnded(line);
  const write = async (count: number): Promise<void> => {
    const piece = bytes.subarray(at, at + count);
    await Promise.race([line.write(piece), untilEnded(line, patienceMs)]);
    at += piece.length;
  };
  try {
    while (isReady && performance.now() < faultMs + noticeMs && !hasEnded(line) && at < bytes.length) {
      await write(pieceUp);
      await sleep(paceMs);
    }
    while (isReady && !hasEnded(line) && at < bytes.length) await write(beginningBytes);
  } catch {
    // The server has ended the line under the write, which is what it is to do.
  }
  const isWhole = isReady && at >= bytes.length && !hasEnded(line);
  if (isWhole && line.tls === undefined) line.fin();
  else if (isWhole) line.closeNotifyThenFin();
  await untilEnded(line, patienceMs);
  return { report: reportOf(line, line.name, faultMs, hasEnded(line), at - from), isWhole };
}

/** Waits for the end of a line on which nothing is to move any more. */
export async function waitForEnd({ line }: Staged, faultMs: number): Promise<Followed> {
  line.resume();
  const before = line.receivedBytes;
  await untilEnded(line, noticeMs + patienceMs);
  return { report: reportOf(line, line.name, faultMs, hasEnded(line), line.receivedBytes - before), isWhole: false };
}

/** How the server ends its side of a control line that the lab has ended by FIN; the data line is ended here first. */
export async function controlReport({ session, line }: Staged, faultMs: number): Promise<LineReport> {
  const { control, name } = session;
  if (hasEnded(line) && !line.raw.destroyed) {
    if (line.tls === undefined) line.raw.end();
    else line.closeNotifyThenFin();
  }
  await untilEnded(control, hasEnded(line) ? patienceMs : 0);
  return { ...reportOf(control, name, faultMs, hasEnded(control) || control.raw.destroyed) };
}
