/** The report as JSON: everything, in the form of `docs/lab-report.schema.json`. */

import type { CaseReport, LabReport } from '../engine/lab-report.ts';

export function jsonReport(report: LabReport): string {
  return `${JSON.stringify(report, undefined, 1)}\n`;
}

/** What was seen and what would have been right: the rest stands in the page of the cases. */
function shortCase(report: CaseReport): CaseReport {
  const outcomes = Object.entries(report.outcomes).filter(
    ([key, { grade }]) => key === report.outcome || grade === 'pass',
  );
  const droppedEvents = report.events.length + report.droppedEvents;
  return { ...report, outcomes: Object.fromEntries(outcomes), events: [], droppedEvents };
}

/** The same form without events, one case a line: small enough to be kept beside sources, and to be compared later. */
export function jsonSummaryReport({ cases, ...head }: LabReport): string {
  const lines = cases.map((one) => JSON.stringify(shortCase(one)));
  const start = JSON.stringify(head).slice(1, -1);
  return `{${start},"cases":[\n${lines.join(',\n')}\n]}\n`;
}
