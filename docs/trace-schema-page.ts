/** The JSON Schema of the lines of a trace, from the schema in the sources. */

import { z } from 'zod';
import { traceLineSchema } from '../src/cli/trace/trace-schema.ts';

export function renderTraceSchema(): string {
  const title = 'Line of a trace of the Twinline client';
  return `${JSON.stringify({ title, ...z.toJSONSchema(traceLineSchema) }, undefined, 2)}\n`;
}
