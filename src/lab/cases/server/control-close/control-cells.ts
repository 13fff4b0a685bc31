/** Cells of the matrix in which the control line is lost: what a server is to do, by phase and direction. */

import type { LineReport, OutcomeRecord, ProbeReport, Seen } from '../../../engine/lab-case.ts';
import type { Level } from '../../../engine/verdict.ts';
import type { ServerLab } from '../../../server-lab/server-lab.ts';
import { textOf, type Cell } from '../../control-close/cells.ts';
import { controlReport, type Followed, noticeMs, readOn, waitForEnd, writeOn } from './following.ts';
import { loseControl } from './injection.ts';
import { lookAfter } from './look-after.ts';
import { beginningBytes, stage, type Staged } from './staging.ts';

export interface Expectation {
  readonly id: string;
  readonly level: Level;
  readonly clause: string;
  readonly requirement: string;
  readonly advice: string;
  readonly outcomes: Readonly<Record<string, OutcomeRecord>>;
}

const closes: Pick<Expectation, 'id' | 'level' | 'clause'> = {
  id: 'rfc959/3.2-4',
  level: 'MUST',
  clause: 'RFC 959 section 3.2 (4)',
};
const heldOpen: OutcomeRecord = {
  grade: 'broken',
  says: 'the data connection stays open without its control connection',
};
const portOpen: OutcomeRecord = {
  grade: 'non-strict',
  says: 'the data port still takes connections a second after the session has gone',
};
const sessionHeld: OutcomeRecord = {
  grade: 'non-strict',
  says: 'the server leaves its half of the control connection open',
};
const lostLogin: OutcomeRecord = { grade: 'fail', says: 'no new session can log in behind the fault' };
const disturbed: OutcomeRecord = {
  grade: 'non-strict',
  says: 'behind the fault the file changes, or no other session can write it',
};

/** Phases 0 and 1. */
const during: Expectation = {
  ...closes,
  requirement: 'When the control connection is lost, the server closes the data connection.',
  advice:
    'Watch the control connection while data move; when it ends, reset the data connection at once, so that the part is ' +
    'not taken for the whole.',
  outcomes: {
    stopped: { grade: 'pass', says: 'the data connection is closed at once' },
    'looks-complete': {
      grade: 'unclean',
      says: 'the data connection is closed in order (close_notify, or FIN in clear), as if the part were the whole file',
    },
    late: { grade: 'non-strict', says: `the data connection is closed later than ${noticeMs / 1000} s` },
    'ran-on': { grade: 'broken', says: 'the transfer goes on to the end of the file' },
    'held-open': heldOpen,
    'held-in-handshake': {
      grade: 'non-strict',
      says: 'the data connection stays open while the server waits for TLS on it to begin',
    },
    'port-open': portOpen,
    'session-held': sessionHeld,
    disturbed,
    'no-login': lostLogin,
  },
};

/** Phases 2 and 3 of downloads and listings. */
const behindDownload: Expectation = {
  ...closes,
  requirement:
    'When the control connection is lost behind the last byte, the server closes what is left of the data connection.',
  advice: 'End data connection and session when the control connection ends, whatever the transfer was waiting for.',
  outcomes: {
    done: { grade: 'pass', says: 'everything is closed' },
    'held-open': heldOpen,
    'session-held': sessionHeld,
    'no-login': lostLogin,
  },
};

/** Phase 2 of uploads. */
const behindUpload: Expectation = {
  id: 'rfc959/3.2-4',
  level: 'engineering',
  clause: 'RFC 959 section 5.4',
  requirement: 'An upload whose end has come is kept whole when the control connection is lost before 226.',
  advice: 'Keep a file whose last byte and end of file have come, and write down that 226 could not be sent.',
  outcomes: {
    done: { grade: 'pass', says: 'the file is there, whole' },
    lost: { grade: 'broken', says: 'the file is not there although all of it had come' },
    part: { grade: 'fail', says: 'a part of the file is under its name although all of it had come' },
    'session-held': sessionHeld,
    disturbed,
    'no-login': lostLogin,
  },
};

/** Phase 3 of uploads. */
const confirmedUpload: Expectation = {
  ...behindUpload,
  level: 'MUST',
  requirement: 'An upload that was confirmed by 226 is there, whatever happens to the control connection.',
  outcomes: {
    ...behindUpload.outcomes,
    lost: { grade: 'broken', says: 'the file is not there although 226 was sent' },
  },
};

const silent: Expectation = {
  id: 'rfc959/3.2-4',
  level: 'SHOULD',
  clause: 'RFC 1123 section 4.1.3.2',
  requirement: 'A transfer goes on to its end while the control connection is merely silent.',
  advice: 'Count no idle time while data move, and leave a silent client to TCP keepalive.',
  outcomes: {
    done: { grade: 'pass', says: 'the transfer goes on to its end' },
    'goes-on': { grade: 'pass', says: 'the transfer goes on, and is not at its end when the lab stops looking' },
    cut: { grade: 'broken', says: 'the transfer is cut although the control connection had not ended' },
    disturbed,
    'no-login': lostLogin,
  },
};

export function expectationOfControl({ kind, direction, phase }: Cell): Expectation {
  if (kind === 'hole') return silent;
  if (phase <= 1) return during;
  if (direction !== 'upload') return behindDownload;
  return phase === 2 ? behindUpload : confirmedUpload;
}

export async function runControlCell(lab: ServerLab, cell: Cell): Promise<Seen> {
  const at = await stage(lab, cell);
  const faultMs = at.session.fault(textOf(cell));
  loseControl(cell.kind, at.session.control);
  const followed = await follow(at, cell, faultMs);
  const control = cell.kind === 'hole' ? undefined : await controlReport(at, faultMs);
  at.session.destroy();
  const { probes, size } = await lookAfter(lab, cell, at);
  const outcome = outcomeOf(
    cell,
    followed,
    at.line.tls === undefined && at.session.protection === 'P',
    size === at.bytes.length,
    size !== undefined && size !== at.bytes.length,
  );
  const facts = factsOf(followed, size, at);
  const lines = [followed.report, ...(control === undefined ? [] : [control])];
  return {
    outcome: outcome.isGood ? (afterwards(control, probes) ?? outcome.name) : outcome.name,
    facts,
    lines,
    probes,
  };
}

/** What is wrong behind a fault that was taken as it should be; undefined where nothing is. */
function afterwards(control: LineReport | undefined, probes: readonly ProbeReport[]): string | undefined {
  if (control?.ending === 'open') return 'session-held';
  const failed = probes.find(({ ok }) => !ok)?.probe;
  if (failed === undefined) return undefined;
  if (failed.includes('log in')) return 'no-login';
  return failed.startsWith('data port') ? 'port-open' : 'disturbed';
}

async function follow(at: Staged, cell: Cell, faultMs: number): Promise<Followed> {
  const { kind, direction, phase } = cell;
  if (phase > 1) return waitForEnd(at, faultMs);
  if (direction === 'upload') return writeOn(at, phase === 0 ? 0 : beginningBytes, faultMs);
  if (direction === 'download') return readOn(at, faultMs);
  // The silent client goes on with the listing that it has held; any other is gone.
  if (kind === 'hole' && at.session.protection === 'P') {
    at.session.secureData(at.line);
    await at.line.secured.catch(() => undefined);
  }
  return waitForEnd(at, faultMs);
}

interface Named {
  readonly name: string;
  readonly isGood: boolean;
}

const bad = (name: string): Named => ({ name, isGood: false });
const good = (name: string): Named => ({ name, isGood: true });

function outcomeOf(
  { kind, direction, phase }: Cell,
  { report, isWhole, isMoving }: Followed,
  isHeld: boolean,
  isThere: boolean,
  isPart: boolean,
): Named {
  const { ending, afterFaultMs = 0, isClean } = report;
  if (kind === 'hole') {
    if (direction === 'upload') return isThere ? good('done') : bad('cut');
    const isDone = direction === 'download' && phase <= 1 ? isWhole : ending === 'close-notify' || ending === 'fin';
    if (isDone) return good('done');
    return isMoving === true ? good('goes-on') : bad('cut');
  }
  if (direction === 'upload' && phase >= 2) return isThere ? good('done') : bad(isPart ? 'part' : 'lost');
  if (ending === 'open') return bad(isHeld && phase <= 1 ? 'held-in-handshake' : 'held-open');
  if (phase >= 2) return good('done');
  if (isWhole) return bad('ran-on');
  if (afterFaultMs > noticeMs + 500) return bad('late');
  return isClean ? good('stopped') : bad('looks-complete');
}

function factsOf({ report }: Followed, size: number | undefined, { path, bytes }: Staged): string {
  const { ending, afterFaultMs, bytesAfterFault = 0 } = report;
  const when = afterFaultMs === undefined ? '' : ` ${afterFaultMs} ms after the fault`;
  const moved = `${bytesAfterFault} of ${bytes.length} bytes behind the fault`;
  const left =
    path === undefined
      ? ''
      : `; under the final name ${size === undefined ? 'nothing' : `${size} bytes of ${bytes.length}`}`;
  return `data line: ${ending}${when}${bytes.length === 0 ? '' : `, ${moved}`}${left}`;
}
