/** A letter for each area: what a reader looks at first, and what must not be read without the cases behind it. */

import { type Area, areas } from './lab-case.ts';
import type { CaseReport } from './lab-report.ts';

export type Letter = 'A' | 'B' | 'C' | 'D' | 'F';

export interface AreaGrade {
  readonly area: Area;
  /** Absent where nothing was judged. */
  readonly letter?: Letter;
  readonly passed: number;
  readonly judged: number;
}

/**
 * A: nothing to say. B: no MUST broken, and at most one case in ten less than strict. C: no MUST broken. D: at most one case
 * in ten breaks a MUST. F: more than that.
 */
export function letterOf(reports: readonly CaseReport[]): Letter | undefined {
  const judged = reports.filter(({ verdict }) => ['PASS', 'FAIL', 'NON-STRICT', 'UNCLEAN'].includes(verdict));
  if (judged.length === 0) return undefined;
  const failed = judged.filter(({ verdict }) => verdict === 'FAIL').length;
  const loose = judged.filter(({ verdict }) => verdict === 'NON-STRICT' || verdict === 'UNCLEAN').length;
  if (failed > 0) return failed * 10 <= judged.length ? 'D' : 'F';
  if (loose > 0) return loose * 10 <= judged.length ? 'B' : 'C';
  return 'A';
}

/** In the order of `areas`. */
export function gradesOf(reports: readonly CaseReport[]): AreaGrade[] {
  return areas.map((area) => {
    const own = reports.filter((report) => report.area === area);
    const letter = letterOf(own);
    const judged = own.filter(({ verdict }) => ['PASS', 'FAIL', 'NON-STRICT', 'UNCLEAN'].includes(verdict));
    return {
      area,
      ...(letter === undefined ? {} : { letter }),
      passed: judged.filter(({ verdict }) => verdict === 'PASS').length,
      judged: judged.length,
    };
  });
}
