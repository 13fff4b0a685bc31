/** Ratios to the best peer, and whether ours reaches what a column asks. */

import type { Row } from './run.ts';
import type { Column } from './workload.ts';

/** Ours, with and without workers. */
export const isOurs = (name: string): boolean => name === 'twinline' || name.startsWith('twinline-');

export interface Best {
  readonly name: string;
  readonly median: number;
}

/** The best median among the peers in a column; nobody where the rows are no rivals. */
export function bestPeer(rows: readonly Row[], column: Column): Best | undefined {
  if (column.isOfClient === true) return undefined;
  let best: Best | undefined;
  for (const { name, spreads } of rows) {
    const median = spreads[column.name]?.median;
    if (isOurs(name) || median === undefined) continue;
    if (best === undefined || timesAsGood(median, best.median, column) > 1) best = { name, median };
  }
  return best;
}

/** How many times as good as the other: above 1 is better, whichever way the scale runs. */
export function timesAsGood(value: number, other: number, column: Column): number {
  return column.better === 'more' ? value / other : other / value;
}

export interface Verdict {
  readonly met: boolean;
  /** What was asked, for the report. */
  readonly asked: string;
  /** What was reached, in the terms of what was asked. */
  readonly reached: string;
}

/** Empty where the column asks nothing, where the row is not ours or has no figure, or where no peer was measured. */
export function verdictsOf(row: Row, rows: readonly Row[], column: Column): Verdict[] {
  const median = row.spreads[column.name]?.median;
  if (column.target === undefined || median === undefined || !isOurs(row.name)) return [];
  const { value, timesBestPeer } = column.target;
  const verdicts: Verdict[] = [];
  if (value !== undefined) {
    const met = column.better === 'more' ? median >= value : median <= value;
    const bound = column.better === 'more' ? 'at least' : 'at most';
    verdicts.push({ met, asked: `${bound} ${value} ${column.unit}`, reached: inFigures(median) });
  }
  const best = bestPeer(rows, column);
  if (timesBestPeer !== undefined && best !== undefined) {
    const times = timesAsGood(median, best.median, column);
    const asked = `at least ${timesBestPeer} × the best peer, here ${best.name}`;
    verdicts.push({ met: times >= timesBestPeer, asked, reached: `${times.toFixed(2)} ×` });
  }
  return verdicts;
}

/** Three figures or so, as the tables have them. */
export function inFigures(value: number): string {
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}
