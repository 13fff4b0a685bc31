/** The report as JSON: everything, in the form of `docs/lab-report.schema.json`. */

import type { LabReport } from '../engine/lab-report.ts';

export function jsonReport(report: LabReport): string {
  return `${JSON.stringify(report, undefined, 1)}\n`;
}

/** The same form without events, one case a line: small enough to be kept beside sources, and to be compared later. */
export function jsonSummaryReport({ cases, ...head }: LabReport): string {
  const lines = cases.map((one) =>
    JSON.stringify({ ...one, events: [], droppedEvents: one.events.length + one.droppedEvents }),
  );
  const start = JSON.stringify(head).slice(1, -1);
  return `{${start},"cases":[\n${lines.join(',\n')}\n]}\n`;
}
