/** The form of a report as a schema: it checks reports that are read back, and is published as `docs/lab-report.schema.json`. */

import { z } from 'zod';
import { areas } from './lab-case.ts';
import { type LabReport, reportVersion } from './lab-report.ts';
import { verdicts } from './verdict.ts';

const by = z.enum(['lab', 'peer']).describe('lab: this end; peer: the server or client under test');
const atMs = z.number().describe('Milliseconds since the case began');
const line = z.string().optional().describe('control 1, data 1.1; absent for what concerns no line');
const text = z.string();
const verdict = z.enum(verdicts);

const event = z.discriminatedUnion('kind', [
  z.strictObject({ atMs, line, kind: z.literal('connected'), by, text }),
  z.strictObject({ atMs, line, kind: z.literal('text'), by, text }).describe('A command or reply, secrets masked'),
  z.strictObject({ atMs, line, kind: z.literal('bytes'), by, bytes: z.int(), untilMs: z.number() }),
  z.strictObject({ atMs, line, kind: z.literal('tls'), text }),
  z.strictObject({ atMs, line, kind: z.literal('ended'), by, how: z.string() }),
  z.strictObject({ atMs, line, kind: z.literal('fault'), text }).describe('What the lab did on purpose'),
  z.strictObject({ atMs, line, kind: z.literal('process'), text }),
  z.strictObject({ atMs, line, kind: z.literal('note'), text }),
]);

const outcome = z.strictObject({
  grade: z.enum(['pass', 'broken', 'fail', 'non-strict', 'info', 'unclean', 'unimplemented']),
  says: z.string(),
});

const lineReport = z.strictObject({
  line: z.string(),
  ending: z.enum(['close-notify', 'fin', 'reset', 'open', 'here']),
  afterFaultMs: z.number().optional(),
  bytesAfterFault: z.number().optional(),
  isClean: z.boolean().describe('Whether such a line is to be closed like that'),
});

const caseReport = z.strictObject({
  id: z.string().describe('Stable: folder of the document, section, name'),
  row: z.string().describe('The row of the catalogue'),
  area: z.enum(areas),
  level: z.enum(['MUST', 'SHOULD', 'MAY', 'engineering']),
  clause: z.string(),
  requirement: z.string(),
  advice: z.string(),
  outcomes: z.record(z.string(), outcome),
  outcome: z.string().optional().describe('A key of outcomes'),
  verdict,
  says: z.string(),
  facts: z.string().optional(),
  lines: z.array(lineReport),
  probes: z.array(z.strictObject({ probe: z.string(), ok: z.boolean(), says: z.string() })),
  durationMs: z.number(),
  events: z.array(event),
  droppedEvents: z.int(),
  repeat: z.string().describe('The command that repeats this case alone'),
  profile: z
    .strictObject({
      expected: verdict,
      kind: z.enum(['unexpected-failure', 'unexpected-pass', 'different']),
      reason: z.string().optional(),
    })
    .optional()
    .describe('Where the profile says something else'),
  known: z.string().optional().describe('Why it is so, where the profile knows this verdict'),
});

const sanity = z.strictObject({ ok: z.boolean(), says: z.string() });

export const labReportSchema = z.strictObject({
  schema: z.literal(`twinline-lab-report/${reportVersion}`),
  tool: z.string(),
  side: z.enum(['server', 'client']),
  target: z.string(),
  product: z.string().optional(),
  seed: z.int(),
  startedAt: z.string().describe('ISO 8601'),
  durationMs: z.number(),
  sanity: z.strictObject({ before: sanity, after: sanity }),
  cases: z.array(caseReport),
  profile: z.string().optional().describe('The profile that the run was held against'),
  notes: z.array(z.string()),
});

/** Throws `Error` with the place of the first thing that is not as it should be. */
export function parseReport(json: string): LabReport {
  const result = labReportSchema.safeParse(JSON.parse(json));
  if (result.success) return result.data as LabReport;
  const [issue] = result.error.issues;
  throw new Error(`${issue?.path.join('.') || 'the report'}: ${issue?.message ?? 'not as it should be'}`);
}
