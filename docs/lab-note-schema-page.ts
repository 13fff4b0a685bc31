/** The JSON Schema of the reports of field notes, from the schema in the sources. */

import { z } from 'zod';
import { noteReportSchema } from '../src/lab/index.ts';

export function renderLabNoteSchema(): string {
  const title = 'Report of a field note of the lab of Twinline';
  return `${JSON.stringify({ title, ...z.toJSONSchema(noteReportSchema) }, undefined, 2)}\n`;
}
