/** The JSON Schema of what `twinline conns --json` prints, from the schema in the sources. */

import { z } from 'zod';
import { connectionsSchema } from '../src/lab/index.ts';

export function renderConnectionsSchema(): string {
  const title = 'TCP connections as twinline conns --json prints them';
  return `${JSON.stringify({ title, ...z.toJSONSchema(connectionsSchema) }, undefined, 2)}\n`;
}
