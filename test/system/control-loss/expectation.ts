/** What must come of each cell, by rule and clause; it knows nothing of the server's code. */

import { type Cell, dataIsTls } from './cells.ts';

/**
 * How the data line ended, as the client saw it on the wire. `in order` is close_notify and FIN under TLS and FIN in clear;
 * `in order, then RST` and `in order, before` say that this orderly end had come before the fault.
 */
export type DataLineEnd = 'RST' | 'in order' | 'in order, then RST' | 'in order, before' | 'by the fault';

export interface Outcome {
  readonly dataLine: DataLineEnd;
  /** Whether the control line still takes commands afterwards. */
  readonly controlStays: boolean;
  /** The last reply that the client got, as it came; undefined for none. */
  readonly reply: string | undefined;
  /** The reply that only the log shows, because the control line is gone. */
  readonly replyInLog: string | undefined;
  readonly cause: string;
  readonly verdict: 'complete' | 'interrupted' | 'unproven';
  /** What stands under the final name of an upload; a name that was free counts as unchanged when it still is. */
  readonly finalName: 'unchanged' | 'new content';
  /** What SIZE says to the same user in a new session; `bytes received` means that the upload can be resumed. */
  readonly size: 'as before' | 'bytes received' | 'new size';
}

export interface Expectation extends Outcome {
  readonly clause: string;
  /** Whether the other line must end because of the fault: then it has 50 ms for it. */
  readonly otherLineEnds: boolean;
}

/** Limits of the server while a cell with silence runs, in milliseconds; each such cell has the one that it is about. */
export const silenceLimits = { stallMs: 400, idleMs: 1500, dataCloseMs: 200 } as const;

const aborted = '426 Connection closed; transfer aborted';

const done = {
  dataLine: 'in order',
  controlStays: true,
  reply: '226 Transfer OK',
  replyInLog: undefined,
  cause: 'completed',
  verdict: 'complete',
  finalName: 'unchanged',
  size: 'as before',
  otherLineEnds: false,
} as const;

/** A whole transfer: what an upload brought stands under the final name. */
function complete(cell: Cell, clause: string): Expectation {
  if (cell.direction !== 'upload') return { ...done, clause };
  return { ...done, finalName: 'new content', size: 'new size', clause };
}

/** Bytes of an upload that had come when it was cut stay for a resume (section 5 of the targets). */
function sizeAfterCut(cell: Cell): 'as before' | 'bytes received' {
  return cell.direction === 'upload' && cell.phase !== 'before 150' ? 'bytes received' : 'as before';
}

const controlCauses = {
  RST: 'control-reset',
  FIN: 'control-fin',
  'FIN without close_notify': 'control-fin',
  'close_notify+FIN': 'control-close-notify',
} as const;

function expectControlLoss(cell: Cell, cause: string): Expectation {
  const lost = { controlStays: false, reply: undefined } as const;
  if (cell.phase === 'after the last byte' && cell.direction === 'upload') {
    const clause = 'the file is whole and proven when the client ends the data line in order; only the 226 is lost';
    const whole = complete(cell, clause);
    return { ...whole, ...lost, replyInLog: '226 Transfer OK', dataLine: 'in order, before' };
  }
  return {
    ...lost,
    dataLine: cell.phase === 'after the last byte' ? 'in order, then RST' : 'RST',
    replyInLog: `${aborted}.`,
    cause,
    verdict: 'interrupted',
    finalName: 'unchanged',
    size: sizeAfterCut(cell),
    otherLineEnds: true,
    clause: 'RFC 959 section 3.2, condition 4',
  };
}

/** The data line fails while the control line lives: 426 says why. */
function cut(cell: Cell, cause: string, words: string, dataLine: DataLineEnd, clause: string): Expectation {
  return {
    dataLine,
    controlStays: true,
    reply: `${aborted}: ${words}.`,
    replyInLog: undefined,
    cause,
    verdict: 'interrupted',
    finalName: 'unchanged',
    size: sizeAfterCut(cell),
    otherLineEnds: false,
    clause,
  };
}

function expectDataSilence(cell: Cell): Expectation {
  if (cell.phase === 'after the last byte' && cell.direction !== 'upload') {
    const clause = 'everything was sent and ended in order; the wait for the end of the client is bounded';
    return { ...complete(cell, clause), dataLine: 'in order, before' };
  }
  const words = `no data moved for ${silenceLimits.stallMs / 1000} s`;
  return cut(cell, 'stalled', words, 'RST', 'RFC 959 section 3.2, condition 5');
}

function expectDataEnd(cell: Cell): Expectation {
  if (cell.direction !== 'upload') {
    const clause = 'the half of the client carries nothing in a download or a listing, so its end takes nothing away';
    const dataLine = cell.phase === 'after the last byte' ? 'in order, before' : 'in order';
    return { ...complete(cell, clause), dataLine };
  }
  if (dataIsTls(cell) && cell.fault === 'FIN without close_notify') {
    const words = 'the data connection ended without a TLS close_notify';
    return cut(cell, 'data-truncated', words, 'RST', 'RFC 4217 section 7, RFC 8446 section 6.1');
  }
  const clause = 'RFC 959 section 3.4.1: in stream mode the end of the data line is the end of the file';
  return complete(cell, clause);
}

/** What must come of `cell` under the default policies. */
export function expectationOf(cell: Cell): Expectation {
  if (cell.line === 'control') {
    if (cell.fault !== 'silence') return expectControlLoss(cell, controlCauses[cell.fault]);
    const clause =
      'a session that moves data is never idle; whether a silent peer lives is for TCP keepalive to find out';
    const ended = cell.phase === 'after the last byte' ? 'in order, before' : 'in order';
    return { ...complete(cell, clause), dataLine: ended };
  }
  if (cell.fault === 'silence') return expectDataSilence(cell);
  if (cell.fault !== 'RST') return expectDataEnd(cell);
  const words = 'the client reset the data connection';
  return cut(cell, 'data-reset', words, 'by the fault', 'RFC 959 section 3.2, condition 5');
}
