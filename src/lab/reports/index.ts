/** The formats that a report can be written in, by the name that the command takes. */

import type { LabReport } from '../engine/lab-report.ts';
import { jsonReport } from './json.ts';

export const reportFormats: Readonly<Record<string, (report: LabReport) => string>> = {
  json: jsonReport,
};
