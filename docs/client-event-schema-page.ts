/** The JSON Schema of the events that client commands print with `--json`, from the schema in the sources. */

import { z } from 'zod';
import { clientEventLineSchema } from '../src/cli/display/client-event.ts';

export function renderClientEventSchema(): string {
  const title = 'Event of a client command of Twinline';
  return `${JSON.stringify({ title, ...z.toJSONSchema(clientEventLineSchema) }, undefined, 2)}\n`;
}
