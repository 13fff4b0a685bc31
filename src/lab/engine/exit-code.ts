/** What the end of a run says to scripts. */

import type { LabReport } from './lab-report.ts';

/** 0 clean; 1 a MUST is broken; 2 only less than that; 3 differs from the profile; 70 nothing could be judged. */
export type LabExitCode = 0 | 1 | 2 | 3 | 70;

/** With a profile only differences from it count. */
export function labExitCode({ cases, sanity }: LabReport, hasProfile: boolean): LabExitCode {
  if (!sanity.before.ok || cases.some(({ verdict }) => verdict === 'INFRA')) return 70;
  if (hasProfile) return cases.some(({ profile }) => profile !== undefined) ? 3 : 0;
  if (cases.some(({ verdict }) => verdict === 'FAIL')) return 1;
  return cases.some(({ verdict }) => verdict === 'NON-STRICT' || verdict === 'UNCLEAN') ? 2 : 0;
}

/** The plain transfer before the cases has failed, so that none of them says anything. */
export function isUnjudged({ cases, sanity }: LabReport): boolean {
  return !sanity.before.ok && cases.length > 0 && cases.every(({ verdict }) => verdict === 'INFRA');
}
