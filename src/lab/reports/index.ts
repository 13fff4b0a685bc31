/** The formats that a report can be written in, by the name that the command takes. */

import type { LabReport } from '../engine/lab-report.ts';
import { htmlReport } from './html/index.ts';
import { jsonReport, jsonSummaryReport } from './json.ts';
import { junitReport } from './junit.ts';
import { markdownReport } from './markdown.ts';
import { sarifReport } from './sarif.ts';

export const reportFormats: Readonly<Record<string, (report: LabReport) => string>> = {
  json: jsonReport,
  'json-summary': jsonSummaryReport,
  junit: junitReport,
  sarif: sarifReport,
  markdown: markdownReport,
  html: htmlReport,
};
