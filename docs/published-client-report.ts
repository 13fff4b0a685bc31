/** A report on a client as it is kept in docs/lab/clients: without what differs from run to run and says nothing of the client. */

import type { CaseReport, LabReport } from '../src/lab/index.ts';
import { maskedText } from './published-lab-report.ts';

/** Folders of a run, times, and counts that the buffers of a kernel decide. */
const rules: readonly (readonly [RegExp, string])[] = [
  [/\/tmp\/twinline-lab[\w-]*/g, '/tmp/lab'],
  [/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b/g, 'TIME'],
  [/ after \d+(?:\.\d+)? (?:s|ms)\b/g, ''],
  [/\b\d+ milliseconds\b/g, 'N milliseconds'],
  [/^\d+ bytes of the reply sent/g, 'N bytes of the reply sent'],
  [/^[1-9]\d* bytes to the stranger/g, 'some bytes to the stranger'],
  [/\b[1-9]\d* bytes had been transferred/g, 'N bytes had been transferred'],
  [/\bpart \(\d+ bytes\)/g, 'part'],
];

export function maskedClientText(text: string): string {
  return maskedText(
    rules.reduce((masked, [pattern, shown]) => masked.replaceAll(pattern, shown), text),
    [],
  );
}

function publishedCase(report: CaseReport): CaseReport {
  const { facts } = report;
  return {
    ...report,
    says: maskedClientText(report.says),
    ...(facts === undefined ? {} : { facts: maskedClientText(facts) }),
    lines: report.lines.map(({ line, ending, isClean }) => ({ line, ending, isClean })),
    durationMs: 0,
    events: [],
    droppedEvents: 0,
  };
}

/** The date without the time, no events, and no times in cases: these are mostly the timers of the clients. */
export function publishedClientReport(report: LabReport): LabReport {
  return {
    ...report,
    startedAt: report.startedAt.slice(0, 10),
    durationMs: Math.ceil(report.durationMs / 10_000) * 10_000,
    cases: report.cases.map(publishedCase),
  };
}
