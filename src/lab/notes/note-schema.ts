/** The form of the report of a note as a schema, published as `docs/lab-note.schema.json`. */

import { z } from 'zod';
import { verdicts } from '../engine/verdict.ts';
import { noteVersion } from './note-report.ts';

const verdict = z.enum(verdicts);
const end = z.enum(['client', 'server']);
const clause = z.string().describe('RFC 959 section 3.2');

const entry = z.strictObject({
  atMs: z.number().describe('Milliseconds since the part began'),
  column: z
    .enum(['server', 'client', 'lab'])
    .describe('The log of the server, the dialogue of the client, or what the lab saw or did between them'),
  text: z.string(),
  isFault: z.boolean().optional().describe('The lab broke something here on purpose'),
});

const line = z.strictObject({
  line: z.enum(['control', 'data']),
  end,
  how: z
    .enum(['close-notify', 'fin', 'reset', 'never', 'overtaken', 'not seen', 'cut'])
    .describe(
      'never: still open when the lab stopped looking; overtaken: the other end reset the line before; cut: by the lab; ' +
        'not seen: the line did not pass by the lab',
    ),
  afterFaultMs: z.number().optional(),
  bytesAfterFault: z.number().optional().describe('What it sent on the line behind the fault'),
});

const question = z.strictObject({
  asked: z.string(),
  answered: z.string(),
  verdict,
  says: z.string(),
  clause,
});

const part = z.strictObject({
  title: z.string(),
  story: z.array(z.string()),
  timeline: z.array(entry),
  droppedEntries: z.int(),
  lines: z.array(line),
  packets: z.array(z.string()).optional().describe('Where packets are seen'),
  questions: z.array(question),
  left: z.array(z.string()).describe('What is left of the file, and whether a transfer can go on from there'),
  verdicts: z.array(z.strictObject({ end, verdict, says: z.string(), clause })),
  clauses: z.array(z.strictObject({ clause, quote: z.string(), means: z.string() })),
});

export const noteReportSchema = z.strictObject({
  schema: z.literal(`twinline-lab-note/${noteVersion}`),
  note: z.enum(['control-loss', 'epsv']),
  question: z.string(),
  tool: z.string(),
  server: z.string(),
  client: z.string(),
  seed: z.int(),
  startedAt: z.string().describe('ISO 8601'),
  durationMs: z.number(),
  setting: z.array(z.string()),
  parts: z.array(part),
  answer: z.string().describe('The answer in one sentence'),
  repeat: z.string().describe('The command that repeats it'),
});
