/** Works through jobs on several sessions of one server, as many as it grants. */

import type { Client } from '../../client/index.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import { UsageError } from '../usage-error.ts';
import type { ClientRun } from './run-client.ts';

/** Sessions that one command may open. */
export const maxParallel = 64;

export const parallelOption = {
  flags: '--parallel <sessions>',
  description: 'Move this many files at the same time, each on a session of its own.',
  defaultText: '1',
};

export function readParallel(given: string | undefined): number {
  if (given === undefined) return 1;
  const sessions = /^\d{1,3}$/.test(given) ? Number(given) : 0;
  if (sessions >= 1 && sessions <= maxParallel) return sessions;
  throw new UsageError(`--parallel takes a number of sessions from 1 to ${maxParallel}, not "${given}".`);
}

/**
 * Runs every job, up to `parallel` at the same time. `work` reports its own failures and resolves to false where every
 * further job would fail the same way.
 */
export async function overSessions<Job>(
  run: ClientRun,
  jobs: readonly Job[],
  parallel: number,
  work: (client: Client, job: Job) => Promise<boolean>,
): Promise<void> {
  const left = jobs.toReversed();
  const workThrough = async (): Promise<void> => {
    for (let job = left.pop(); job !== undefined && !run.signal.aborted; job = left.pop()) {
      const next = job;
      const goesOn = await run.withSession((client) => work(client, next));
      if (!goesOn) left.length = 0;
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(parallel, jobs.length) }, workThrough));
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
}

const endingCodes: ReadonlySet<number> = new Set([
  exitCodes.interrupted,
  exitCodes.unavailable,
  exitCodes.login,
  exitCodes.tls,
  exitCodes.usage,
  exitCodes.config,
  exitCodes.internal,
]);

/** True for a failure that every further job would meet too. */
export function endsEverything(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted || endingCodes.has(exitCodeOf(error));
}
