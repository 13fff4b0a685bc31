/** Cells of the matrix in which the data line is lost and the control line stays: what a server is to say. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { OutcomeRecord, ProbeReport, Seen } from '../../../engine/lab-case.ts';
import { classOf, type Reply } from '../../../engine/reply.ts';
import type { LabSession } from '../../../server-lab/lab-session.ts';
import type { ServerLab } from '../../../server-lab/server-lab.ts';
import { textOf, type Cell } from '../../control-close/cells.ts';
import type { Expectation } from './control-cells.ts';
import { loseData } from './injection.ts';
import { lookAfter } from './look-after.ts';
import { stage } from './staging.ts';

/** How long a server is seen to wait for a silent data line, in milliseconds; its own timer is longer. */
const silenceMs = 1_000;

const broken = (says: string): OutcomeRecord => ({ grade: 'broken', says });
const unusable = broken('the session cannot be used any more');
const silent = broken('no reply ends the transfer');
const told: OutcomeRecord = { grade: 'pass', says: 'the loss is told by 4xx or 5xx, and the session goes on' };
const accepted: OutcomeRecord = { grade: 'pass', says: 'the transfer is confirmed, and the session goes on' };

const refused: Expectation = {
  id: 'rfc959/3.2-5',
  level: 'MUST',
  clause: 'RFC 959 section 5.4',
  requirement:
    'A transfer whose data connection is lost is not confirmed by 2xx, and the control connection stays usable.',
  advice: 'Answer 426 (or 425 before data moved, or 451), and read the next command.',
  outcomes: {
    told,
    confirmed: broken('the transfer is confirmed although its data connection was lost'),
    silent,
    unusable,
  },
};

const truncatedUpload: Expectation = {
  id: 'rfc8446/6.1',
  level: 'SHOULD',
  clause: 'RFC 8446 section 6.1',
  requirement: 'An upload that ends without close_notify is not confirmed.',
  advice: 'Tell close_notify from a bare FIN on the data connection, and answer 426 to a cut upload.',
  outcomes: { ...refused.outcomes, confirmed: broken('the upload is confirmed although close_notify did not come') },
};

const endOfFile: Expectation = {
  id: 'rfc959/3.4',
  level: 'MUST',
  clause: 'RFC 959 section 3.4.1',
  requirement: 'In stream mode the end of the data connection is the end of the file, and the upload is confirmed.',
  advice: 'Take an end in order (FIN in clear, close_notify on TLS) for the end of the file.',
  outcomes: {
    confirmed: accepted,
    told: broken('an upload that ended in order is refused'),
    silent,
    unusable,
  },
};

/** The server may have given everything to its kernel before it could know. */
const either: Expectation = {
  ...refused,
  requirement:
    'Whether or not the server can know that the data connection was lost, it says how the transfer ended and goes on.',
  outcomes: {
    told,
    confirmed: { grade: 'pass', says: 'everything had been sent, the transfer is confirmed, and the session goes on' },
    silent,
    unusable,
  },
};

const patient: Expectation = {
  id: 'rfc959/3.2-5',
  level: 'MUST',
  clause: 'RFC 959 section 3.2 (5)',
  requirement: 'A transfer whose data connection falls silent is not confirmed.',
  advice: 'Give up a silent data connection by a timer that counts progress, with 426, and keep the session.',
  outcomes: {
    patient: { grade: 'pass', says: `the server waits; no timer ran out within ${silenceMs / 1000} s` },
    'gave-up': { grade: 'info', says: 'the server gives up at once' },
    confirmed: broken('the transfer is confirmed although it did not go on'),
    unusable,
  },
};

/** Everything is there, and the client does not end its side. */
const lingering: Expectation = {
  ...patient,
  level: 'engineering',
  requirement: 'A download whose last byte was sent is confirmed although the client has not ended its side.',
  advice: 'Wait only a moment for the end of the other side.',
  outcomes: {
    confirmed: { grade: 'pass', says: 'the transfer is confirmed' },
    patient: { grade: 'info', says: 'the server waits for the end of the other side' },
    'gave-up': { grade: 'info', says: 'the server reports the transfer as failed' },
    unusable,
  },
};

const over: Expectation = {
  ...refused,
  requirement: 'What happens to the data connection behind 226 does not touch the session.',
  outcomes: { usable: { grade: 'pass', says: 'the session goes on' }, unusable },
};

export function expectationOfData({ kind, direction, phase }: Cell): Expectation {
  if (phase === 3) return over;
  if (kind === 'hole') {
    if (direction !== 'upload' && phase === 2) return lingering;
    return patient;
  }
  if (direction === 'upload') {
    if ((kind === 'fin' || kind === 'cn') && !(kind === 'cn' && phase === 0)) return endOfFile;
    return kind === 'trunc' && phase > 0 ? truncatedUpload : refused;
  }
  return phase === 2 || direction === 'listing' ? either : refused;
}

export async function runDataCell(lab: ServerLab, cell: Cell): Promise<Seen> {
  if (cell.kind === 'cn' && (cell.phase === 0 || (cell.direction === 'listing' && cell.phase === 1))) {
    lab.skip('there is no TLS on the data connection yet');
  }
  const at = await stage(lab, cell);
  const { session } = at;
  session.fault(textOf(cell), at.line.name);
  await loseData(cell.kind, at.line, cell.direction !== 'upload');
  if (cell.phase === 3) {
    const isUsable = await answers(session, lab.timeouts.promptMs);
    return finish(lab, cell, at, isUsable ? 'usable' : 'unusable', undefined, isUsable);
  }
  const isSilent = cell.kind === 'hole';
  const reply = await finalReply(session, isSilent ? waitOf(cell) : lab.timeouts.replyMs);
  if (isSilent) {
    const outcome = reply === undefined ? (session.control.ending.how === 'none' ? 'patient' : 'unusable') : undefined;
    const named = outcome ?? (classOf(reply as Reply) === 2 ? 'confirmed' : 'gave-up');
    session.destroy();
    return finish(lab, cell, at, named, reply, undefined);
  }
  const isUsable = await answers(session, lab.timeouts.promptMs);
  const isGone = session.control.ending.how !== 'none';
  const name = isGone || (reply !== undefined && !isUsable) ? 'unusable' : toldBy(reply);
  return finish(lab, cell, at, name, reply, isUsable);
}

function toldBy(reply: Reply | undefined): string {
  if (reply === undefined) return 'silent';
  return classOf(reply) === 2 ? 'confirmed' : 'told';
}

function waitOf({ phase, direction }: Cell): number {
  return phase === 2 && direction !== 'upload' ? 2 * silenceMs : silenceMs;
}

/** The reply that ends the transfer, past 150. */
async function finalReply(session: LabSession, timeoutMs: number): Promise<Reply | undefined> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const reply = await session.replyOrNothing(Math.max(1, until - performance.now()));
    if (reply === undefined || classOf(reply) !== 1) return reply;
  }
}

async function answers(session: LabSession, withinMs: number): Promise<boolean> {
  try {
    return classOf(await session.command('NOOP', withinMs)) === 2;
  } catch {
    return false;
  }
}

async function finish(
  lab: ServerLab,
  cell: Cell,
  at: Awaited<ReturnType<typeof stage>>,
  outcome: string,
  reply: Reply | undefined,
  isUsable: boolean | undefined,
): Promise<Seen> {
  if (!at.line.raw.destroyed) at.line.destroy();
  if (cell.kind === 'hole') await sleep(50);
  const probes: ProbeReport[] =
    isUsable === undefined
      ? []
      : [{ probe: 'the session goes on', ok: isUsable, says: isUsable ? '2xx to NOOP' : 'no' }];
  const aftermath = await lookAfter(lab, cell, at);
  const size =
    at.path === undefined ? '' : `; under the final name ${aftermath.size ?? 'no'} bytes of ${at.bytes.length}`;
  return { outcome, facts: `${reply?.text ?? 'no reply'}${size}`, probes: [...probes, ...aftermath.probes] };
}
