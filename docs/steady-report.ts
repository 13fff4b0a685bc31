/** A report without what differs from run to run, so that a page changes only where a verdict or a fact does. */

import type { CaseReport, LabReport } from '../src/lab/index.ts';

/** Folders of the run, ports, times, and counts that the buffers of a kernel decide. */
const masks: readonly (readonly [RegExp, string])[] = [
  [/\/tmp\/twinline-lab-\w+/g, '/tmp/lab'],
  [/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT'],
  [/\bport \d{4,5}\b/g, 'port PORT'],
  [/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b/g, 'TIME'],
  [/ after \d+(?:\.\d+)? (?:s|ms)\b/g, ''],
  [/\b\d+ milliseconds\b/g, 'N milliseconds'],
  [/\b\d+ of (\d+) bytes arrived, then reset/g, 'a part of $1 bytes arrived, then reset'],
  [/^\d+ bytes of the reply sent/, 'N bytes of the reply sent'],
  [/^[1-9]\d* bytes to the stranger/, 'some bytes to the stranger'],
  [/\b(part) \(\d+ bytes\)/g, '$1'],
];

export function maskedText(text: string): string {
  return masks.reduce((masked, [pattern, put]) => masked.replaceAll(new RegExp(pattern, 'g'), put), text);
}

function steadyCase(report: CaseReport): CaseReport {
  const { facts } = report;
  return {
    ...report,
    says: maskedText(report.says),
    ...(facts === undefined ? {} : { facts: maskedText(facts) }),
    lines: report.lines.map(({ line, ending, isClean }) => ({ line, ending, isClean })),
    durationMs: 0,
    events: [],
    droppedEvents: 0,
  };
}

export function steadyReport(report: LabReport): LabReport {
  return { ...report, cases: report.cases.map(steadyCase) };
}

/** Whether two steady reports say the same: only when they were made, and how long it took, may differ. */
export function saysTheSame(one: LabReport, other: LabReport): boolean {
  const timeless = (report: LabReport): string =>
    JSON.stringify({
      ...report,
      startedAt: '',
      durationMs: 0,
      // A published report names of each case only the outcome that was seen, and those that pass.
      cases: report.cases.map((record) => ({ ...record, outcomes: {} })),
    });
  return timeless(one) === timeless(other);
}
