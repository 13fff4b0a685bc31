/** The events of client commands, as `--json` prints them: the promise to programs. `docs/client-event.schema.json` is made from it. */

import { z } from 'zod';
import { clientEventVersion } from './event-version.ts';

const count = z.int().nonnegative();
const bytes = count.describe('Bytes.');
const id = z.int().positive().describe('Of one transfer, from its start to its result; numbered anew in each run.');
const path = z.string().describe('As it is named there; bytes that are not UTF-8 are \\udcNN.');
const text = z.string().describe('For people; its wording may change.');
const durationMs = z.number().nonnegative().describe('Milliseconds.');
const code = z.string().describe('One of docs/errors.md.');

const transfer = {
  id,
  direction: z.enum(['download', 'upload']),
  remote: path,
  local: z.string().describe('The local file; "-" is a standard stream.'),
};

const session = z.strictObject({
  kind: z.literal('session').describe('A login is done.'),
  host: z.string(),
  port: z.int(),
  user: z.string(),
  security: z.enum(['explicit', 'implicit', 'plain']),
  tls: z
    .strictObject({ protocol: z.string(), cipher: z.string(), resumed: z.boolean() })
    .nullable()
    .describe('Of the control line; null in clear.'),
});

const start = z.strictObject({
  kind: z.literal('start').describe('A transfer begins. One result with its id follows.'),
  ...transfer,
});

const progress = z.strictObject({
  kind: z.literal('progress').describe('Where a transfer is; two in a second at most, and not the last word.'),
  id,
  offset: bytes.describe('Where in the file this attempt began.'),
  bytes: bytes.describe('Moved by this attempt so far.'),
  size: bytes.nullable().describe('Of the whole file; null where it is not known.'),
  rate: z.number().nonnegative().describe('Bytes per second of the last seconds.'),
});

const retry = z.strictObject({
  kind: z.literal('retry').describe('A line was lost; the transfer is taken up again on a new session.'),
  id,
  attempt: z.int().positive(),
  tries: count,
  delayMs: durationMs,
  code: code.nullable(),
  message: text,
});

const hash = z.strictObject({
  algorithm: z.string().describe('SHA-256, MD5, … as the server names it.'),
  value: z.string().describe('Hexadecimal, the same on both sides.'),
});

const result = z.strictObject({
  kind: z
    .literal('result')
    .describe('The end of a transfer. An error with the same id stands before an incomplete one.'),
  ...transfer,
  outcome: z
    .enum(['complete', 'unconfirmed', 'incomplete'])
    .describe('Unconfirmed: every byte arrived, but the final reply was lost.'),
  note: z.string().nullable().describe('Why it is unconfirmed.'),
  offset: bytes.describe('Where in the file the last attempt began.'),
  bytes: bytes.describe('Moved by the last attempt.'),
  size: bytes.nullable().describe('Of the file on the server; null where it is not known.'),
  durationMs,
  modified: z.iso.datetime().nullable().describe('Of the file on the server, UTC; null where it was not asked for.'),
  hash: hash.nullable().describe('With --verify, when both sides agree.'),
});

const entry = z.strictObject({
  kind: z.literal('entry').describe('An entry of a listing.'),
  path: path.optional().describe('Where it lies; absent where only one folder is listed.'),
  name: path,
  type: z.enum(['file', 'directory', 'symlink', 'other']),
  size: bytes.optional(),
  modified: z.iso.datetime().optional().describe('UTC.'),
  created: z.iso.datetime().optional().describe('UTC.'),
  modifiedUncertain: z.boolean().optional().describe('The time lacks its year, its seconds or its zone there.'),
  mode: count.optional().describe('Unix permission bits.'),
  owner: z.string().optional(),
  group: z.string().optional(),
  linkTarget: z.string().optional(),
  unique: z.string().optional(),
  perm: z.string().optional(),
  raw: z.string().optional().describe('The line of the server, where it is not understood.'),
});

const action = z.strictObject({
  kind: z.literal('action').describe('Something other than a transfer was done.'),
  action: z.enum(['copy', 'make-folder', 'remove-file', 'remove-folder', 'rename', 'set-mode', 'set-time', 'skip']),
  side: z.enum(['local', 'remote']),
  path,
  to: path.optional().describe('The new name.'),
  mode: count.optional().describe('The new permission bits.'),
  why: text.optional(),
  dryRun: z.boolean().optional().describe('It was only found that it would be done.'),
});

const value = z.strictObject({
  kind: z.literal('value').describe('An answer of hash, du or quote.'),
  path: path.optional(),
  command: z.string().optional().describe('The raw command.'),
  replyCode: z.int().optional(),
  lines: z.array(z.string()).optional().describe('The reply.'),
  hash: hash.optional(),
  bytes: bytes.optional(),
  files: count.optional(),
  folders: count.optional(),
});

const facts = z
  .strictObject({ size: bytes.optional(), modified: z.iso.datetime().optional().describe('UTC.') })
  .nullable()
  .describe('Null where the side does not have it.');

const difference = z.strictObject({
  kind: z.literal('difference').describe('What sync-check has found.'),
  difference: z
    .enum(['missing', 'extra', 'size', 'time', 'checksum'])
    .describe('Missing: only the source has it; extra: only the target.'),
  path: path.describe('Below the top of the source, or of the target for what is extra.'),
  type: z.enum(['file', 'directory']),
  source: facts,
  target: facts,
});

const notice = z.strictObject({ kind: z.literal('notice'), message: text });

const error = z.strictObject({
  kind: z.literal('error'),
  id: id.optional().describe('Of the transfer that failed; absent where it was none.'),
  path: path.optional(),
  code: code.nullable().describe('One of docs/errors.md; null for an error of Twinline itself.'),
  message: text,
  exitCode: z.int().describe('What the command would exit with for this error alone.'),
  channel: z.enum(['control', 'data']).optional(),
  phase: z.string().optional(),
  bytes: bytes.optional().describe('Moved before the error.'),
  bytesHere: bytes.optional(),
  bytesThere: bytes.optional(),
  resumable: z.boolean().optional(),
  replyCode: z.int().optional(),
});

const summary = z.strictObject({
  kind: z.literal('summary').describe('The last event of every run that began.'),
  exitCode: z.int(),
  complete: count.describe('Transfers.'),
  unconfirmed: count,
  incomplete: count,
  entries: count,
  errors: count,
  differences: count.optional().describe('Of sync-check; absent where no comparison came to its end.'),
  bytes: bytes.describe('Moved by all transfers.'),
  durationMs,
});

/** An event as the displays get it. */
const clientEventSchema = z.discriminatedUnion('kind', [
  session,
  start,
  progress,
  retry,
  result,
  entry,
  action,
  value,
  difference,
  notice,
  error,
  summary,
]);

export type ClientEvent = z.infer<typeof clientEventSchema>;
export type EventOf<Kind extends ClientEvent['kind']> = Extract<ClientEvent, { readonly kind: Kind }>;

const envelope = {
  v: z.literal(clientEventVersion).describe('Version of this schema.'),
  time: z.iso.datetime().describe('UTC.'),
};

/** A line of `--json`: an event with version and time in front. */
export const clientEventLineSchema = z.discriminatedUnion('kind', [
  session.extend(envelope),
  start.extend(envelope),
  progress.extend(envelope),
  retry.extend(envelope),
  result.extend(envelope),
  entry.extend(envelope),
  action.extend(envelope),
  value.extend(envelope),
  difference.extend(envelope),
  notice.extend(envelope),
  error.extend(envelope),
  summary.extend(envelope),
]);
