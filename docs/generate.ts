/** Writes the pages that are made from the sources: `npm run docs`. A test holds the committed pages against them. */

import { writeFile } from 'node:fs/promises';
import { exampleConfig } from '../src/cli/config/example-config.ts';
import { renderAuditSchema } from './audit-schema-page.ts';
import { renderClientEventSchema } from './client-event-schema-page.ts';
import { renderClientHostileServers } from './client-hostile-servers-page.ts';
import { renderConnectionsSchema } from './connections-schema-page.ts';
import { renderLabCases } from './lab-cases-page.ts';
import { renderLabNoteSchema } from './lab-note-schema-page.ts';
import { renderLabReportSchema } from './lab-report-schema-page.ts';
import { renderProxyFaults } from './proxy-faults-page.ts';
import { renderRfcCompliance } from './rfc-compliance-page.ts';
import { renderSessionState } from './session-state-page.ts';
import { renderTraceSchema } from './trace-schema-page.ts';

/** Generated pages by their path below this folder. */
export const generatedPages: Readonly<Record<string, () => string>> = {
  'audit-record.schema.json': renderAuditSchema,
  'client-event.schema.json': renderClientEventSchema,
  'client-hostile-servers.md': renderClientHostileServers,
  'connections.schema.json': renderConnectionsSchema,
  'lab-cases.md': renderLabCases,
  'lab-note.schema.json': renderLabNoteSchema,
  'lab-report.schema.json': renderLabReportSchema,
  'proxy-faults.md': renderProxyFaults,
  'rfc-compliance.md': renderRfcCompliance,
  'session-state.md': renderSessionState,
  'trace.schema.json': renderTraceSchema,
  '../examples/every-setting.toml': exampleConfig,
};

if (import.meta.main) {
  for (const [path, render] of Object.entries(generatedPages)) {
    await writeFile(new URL(path, import.meta.url), render());
  }
}
