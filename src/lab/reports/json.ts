/** The report as JSON: everything, in the form of `docs/lab-report.schema.json`. */

import type { LabReport } from '../engine/lab-report.ts';

export function jsonReport(report: LabReport): string {
  return `${JSON.stringify(report, undefined, 1)}\n`;
}
