/** Runs one workload against its subjects in interleaved rounds: A B C A B C. */

import { spreadOf, type Spread } from './statistics.ts';
import type { BenchContext, Column, Measures, Subject, Workload } from './workload.ts';

export interface Row {
  readonly name: string;
  readonly version: string;
  /** By column name. */
  readonly spreads: Readonly<Record<string, Spread>>;
  /** Rounds that failed and were tried again, with the reason of the first. */
  readonly failures: number;
  readonly firstFailure: string | undefined;
}

/** Everything that a report needs, so that it can be kept and read without the workload. */
export interface WorkloadResult {
  readonly name: string;
  readonly about: string;
  readonly ceilingAbout: string;
  readonly columns: readonly Column[];
  readonly rounds: number;
  /** Whether a round that does not count went before. */
  readonly isWarm: boolean;
  readonly rows: readonly Row[];
  readonly ceiling: Row | undefined;
}

interface Runner {
  readonly name: string;
  readonly version: string;
  readonly once: () => Promise<Measures>;
  /** `undefined` for one that failed each time. */
  readonly rounds: (Measures | undefined)[];
  failures: number;
  firstFailure?: string;
}

/** A round is tried again this often before the subject gets no number for it. */
const tries = 3;

/** How long a workload may take: so many rounds, fewer when its time is over before. */
export interface Extent {
  readonly rounds: number;
  /** As performance.now() has it; a round that has begun is ended. */
  readonly until?: number;
}

/**
 * One warm-up round that is not counted, then the others; the ceiling runs in the same rotation. Where there is time for
 * one round only, that one counts.
 */
export async function runWorkload(
  workload: Workload,
  subjects: readonly Subject[],
  extent: Extent,
  context: BenchContext,
): Promise<WorkloadResult> {
  const runners = [...subjects.map((subject) => runnerOf(workload, subject, context)), ...ceilingOf(workload, context)];
  await workload.prepare(context);
  let done = 0;
  try {
    while (done <= extent.rounds && (done === 0 || performance.now() < (extent.until ?? Infinity))) {
      await rotate(workload, runners, done, context);
      done++;
    }
  } finally {
    await workload.cleanUp(context);
  }
  const isWarm = done > 1;
  if (isWarm) for (const runner of runners) runner.rounds.shift();
  const { name, about, ceilingAbout, columns } = workload;
  const rows = runners.map((runner) => rowOf(runner, workload));
  const ceiling = workload.ceiling === undefined ? undefined : rows.pop();
  return { name, about, ceilingAbout, columns, rounds: isWarm ? done - 1 : done, isWarm, rows, ceiling };
}

async function rotate(workload: Workload, runners: readonly Runner[], round: number, context: BenchContext) {
  for (const runner of runners) {
    const measures = await attempt(runner);
    runner.rounds.push(measures);
    context.say(
      `${workload.name} ${round === 0 ? 'warm-up' : `round ${round}`} ${runner.name}: ${inWords(measures) ?? `no result, ${runner.firstFailure}`}`,
    );
  }
}

function runnerOf(workload: Workload, subject: Subject, context: BenchContext): Runner {
  const { name, version } = subject;
  return { name, version, once: () => workload.measure(subject, context), rounds: [], failures: 0 };
}

function ceilingOf(workload: Workload, context: BenchContext): Runner[] {
  const { ceiling } = workload;
  if (ceiling === undefined) return [];
  return [{ name: 'ceiling', version: '', once: () => ceiling(context), rounds: [], failures: 0 }];
}

async function attempt(runner: Runner): Promise<Measures | undefined> {
  for (let count = 0; count < tries; count++) {
    try {
      return await runner.once();
    } catch (error) {
      runner.failures++;
      runner.firstFailure ??= error instanceof Error ? error.message : String(error);
    }
  }
  return undefined;
}

function inWords(measures: Measures | undefined): string | undefined {
  if (measures === undefined) return undefined;
  const parts = Object.entries(measures).map(([name, value]) => `${name} ${value.toFixed(2)}`);
  return parts.join(', ');
}

function rowOf(runner: Runner, workload: Workload): Row {
  const spreads: Record<string, Spread> = {};
  for (const column of workload.columns) {
    const values = runner.rounds.map((round) => round?.[column.name]).filter((value) => value !== undefined);
    if (values.length > 0) spreads[column.name] = spreadOf(values);
  }
  const { name, version, failures, firstFailure } = runner;
  return { name, version, spreads, failures, firstFailure };
}
