/** Runs cases side by side, those that must be alone behind all others, and gives the reports in the order of the cases. */

import type { LabCase } from './lab-case.ts';
import type { CaseReport } from './lab-report.ts';

export interface ScheduleOptions {
  /** Cases at once. */
  readonly parallel: number;
  readonly signal?: AbortSignal | undefined;
  /** Called as each ends, in the order of their ends. */
  readonly onReport?: ((report: CaseReport, done: number, total: number) => void) | undefined;
}

/** Cases that had not begun when `signal` was aborted are left out. */
export async function runAll<Case extends LabCase>(
  cases: readonly Case[],
  run: (record: Case) => Promise<CaseReport>,
  options: ScheduleOptions,
): Promise<CaseReport[]> {
  const reports = new Map<Case, CaseReport>();
  const work = async (queue: Case[]): Promise<void> => {
    for (let next = queue.shift(); next !== undefined && options.signal?.aborted !== true; next = queue.shift()) {
      const report = await run(next);
      reports.set(next, report);
      options.onReport?.(report, reports.size, cases.length);
    }
  };
  const alone = cases.filter((record) => record.alone === true);
  const waiting = cases.filter((record) => record.waits === true && record.alone !== true);
  const working = cases.filter((record) => record.waits !== true && record.alone !== true);
  const places = Array.from({ length: Math.max(1, options.parallel) });
  // Whoever gets no second place at all asked for one case at a time.
  if (places.length === 1) await work([...waiting, ...working]);
  else await Promise.all([...places.map(() => work(working)), ...places.map(() => work(waiting))]);
  await work(alone);
  return cases.flatMap((record) => reports.get(record) ?? []);
}
