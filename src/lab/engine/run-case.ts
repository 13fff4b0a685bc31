/** Runs one case within its deadline and makes a report of whatever comes of it. Never rejects. */

import { LineEndedError } from '../../peer/index.ts';
import { CaseSkipped, NoReply, NotImplemented, SetupFailed } from './case-errors.ts';
import type { EventLog } from './event-log.ts';
import type { LabCase, Seen } from './lab-case.ts';
import type { CaseReport } from './lab-report.ts';
import { type Verdict, verdictOf } from './verdict.ts';

/** Longest run of a case that names no other, in milliseconds. */
const defaultDeadlineMs = 20_000;
/** Longest wait for what a case has opened to be released, in milliseconds. */
const releaseMs = 5_000;

interface Judged {
  readonly verdict: Verdict;
  readonly says: string;
  readonly outcome?: string;
  readonly seen?: Seen;
}

class DeadlinePassed extends Error {}

/** What is said of cases that were running when the user ended the run. */
export const interrupted = 'the run was interrupted';

function judgeSeen(record: LabCase, seen: Seen): Judged {
  const outcome = record.outcomes[seen.outcome];
  if (outcome === undefined)
    return { verdict: 'INFRA', says: `the case names an outcome it does not have: ${seen.outcome}` };
  return { verdict: verdictOf(outcome.grade, record.level), says: outcome.says, outcome: seen.outcome, seen };
}

function judgeError(record: LabCase, error: unknown): Judged {
  const says = error instanceof Error ? error.message : String(error);
  if (error instanceof CaseSkipped) return { verdict: 'SKIP', says };
  if (error instanceof SetupFailed) return { verdict: 'INFRA', says };
  if (error instanceof NotImplemented) return { verdict: 'UNIMPLEMENTED', says };
  // Whatever was asked, an end that falls silent or leaves in the middle has not done it.
  if (error instanceof NoReply || error instanceof LineEndedError)
    return { verdict: verdictOf('broken', record.level), says };
  return { verdict: 'INFRA', says };
}

/**
 * `close` releases what the case has opened, whatever has come of it; a release that does not end is not waited for. A case that
 * runs when `signal` is aborted is left: `SKIP`.
 */
export async function runCase(
  record: LabCase,
  log: EventLog,
  run: () => Promise<string | Seen>,
  close: () => Promise<void>,
  repeat: string,
  signal?: AbortSignal,
): Promise<CaseReport> {
  const startedMs = performance.now();
  const judged = await bounded(record, run, signal);
  const durationMs = Math.round(performance.now() - startedMs);
  await soon(close(), Math.min(releaseMs, record.deadlineMs ?? defaultDeadlineMs));
  const { seen } = judged;
  // What the other side says may be what it was told: a server that repeats a password in its reply.
  const hide = (text: string): string => log.maskSentence(text);
  return {
    id: record.id,
    row: record.row,
    area: record.area,
    level: record.level,
    clause: record.clause,
    requirement: record.requirement,
    advice: record.advice,
    outcomes: record.outcomes,
    ...(judged.outcome === undefined ? {} : { outcome: judged.outcome }),
    verdict: judged.verdict,
    says: judged.outcome === undefined ? hide(judged.says) : judged.says,
    ...(seen?.facts === undefined ? {} : { facts: hide(seen.facts) }),
    lines: seen?.lines ?? [],
    probes: (seen?.probes ?? []).map((probe) => ({ ...probe, says: hide(probe.says) })),
    durationMs,
    events: log.events,
    droppedEvents: log.dropped,
    repeat,
  };
}

async function bounded(
  record: LabCase,
  run: () => Promise<string | Seen>,
  signal: AbortSignal | undefined,
): Promise<Judged> {
  const deadlineMs = record.deadlineMs ?? defaultDeadlineMs;
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new DeadlinePassed()), deadlineMs);
  const leave = (): void => reject(new CaseSkipped(interrupted));
  signal?.addEventListener('abort', leave, { once: true });
  try {
    const seen = await Promise.race([run(), late]);
    return judgeSeen(record, typeof seen === 'string' ? { outcome: seen } : seen);
  } catch (error) {
    if (!(error instanceof DeadlinePassed)) return judgeError(record, error);
    return { verdict: 'INFRA', says: `the case was not done within ${deadlineMs / 1000} s` };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', leave);
  }
}

/** Resolves when `promise` is settled, or after `atMostMs`. */
async function soon(promise: Promise<unknown>, atMostMs: number): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), atMostMs);
  await Promise.race([promise, late]).catch(() => undefined);
  clearTimeout(timer);
}
