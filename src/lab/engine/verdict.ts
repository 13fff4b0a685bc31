/** Levels of requirements, grades of outcomes, and the verdicts that follow from both. */

/**
 * The strongest word that backs a requirement. `engineering`: no document asks for it, and people who run servers and
 * clients do. RFC 959 is older than the key words: where it states a plain duty, it counts as MUST.
 */
export type Level = 'MUST' | 'SHOULD' | 'MAY' | 'engineering';

/**
 * - `PASS`: as required.
 * - `FAIL`: a MUST is broken, or something happened that no end may do.
 * - `NON-STRICT`: a SHOULD, or what good engineering asks for, is broken.
 * - `INFO`: which of several allowed ways was taken.
 * - `UNCLEAN`: the right result, and a line that was not closed as it should be.
 * - `UNIMPLEMENTED`: the other side says that it has no such thing.
 * - `SKIP`: not run, with the reason.
 * - `INFRA`: the lab, the network or the sanity transfer failed, and nothing can be said.
 */
export type Verdict = 'PASS' | 'FAIL' | 'NON-STRICT' | 'INFO' | 'UNCLEAN' | 'UNIMPLEMENTED' | 'SKIP' | 'INFRA';

/** All verdicts, the gravest first. */
export const verdicts: readonly Verdict[] = [
  'FAIL',
  'NON-STRICT',
  'UNCLEAN',
  'INFRA',
  'UNIMPLEMENTED',
  'INFO',
  'PASS',
  'SKIP',
];

/** How an outcome is to be taken: `broken` weighs as much as the level of the case, `fail` is a FAIL at any level. */
export type Grade = 'pass' | 'broken' | 'fail' | 'non-strict' | 'info' | 'unclean' | 'unimplemented';

const brokenAt: Readonly<Record<Level, Verdict>> = {
  MUST: 'FAIL',
  SHOULD: 'NON-STRICT',
  MAY: 'INFO',
  engineering: 'NON-STRICT',
};

const verdictOfGrade: Readonly<Record<Exclude<Grade, 'broken'>, Verdict>> = {
  pass: 'PASS',
  fail: 'FAIL',
  'non-strict': 'NON-STRICT',
  info: 'INFO',
  unclean: 'UNCLEAN',
  unimplemented: 'UNIMPLEMENTED',
};

/** The verdict of an outcome in a case of that level. */
export function verdictOf(grade: Grade, level: Level): Verdict {
  return grade === 'broken' ? brokenAt[level] : verdictOfGrade[grade];
}
