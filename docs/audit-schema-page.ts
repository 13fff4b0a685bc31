/** The JSON Schema of audit records, from the schema in the sources. */

import { z } from 'zod';
import { auditRecordSchema } from '../src/console/audit/audit-schema.ts';

export function renderAuditSchema(): string {
  const title = 'Audit record of Twinline';
  return `${JSON.stringify({ title, ...z.toJSONSchema(auditRecordSchema) }, undefined, 2)}\n`;
}
