/** The JSON Schema of the reports of the lab, from the schema in the sources. */

import { z } from 'zod';
import { labReportSchema } from '../src/lab/index.ts';

export function renderLabReportSchema(): string {
  const title = 'Report of the lab of Twinline';
  return `${JSON.stringify({ title, ...z.toJSONSchema(labReportSchema) }, undefined, 2)}\n`;
}
