/** The shape of audit records: the promise to whoever reads them. `docs/audit-record.schema.json` is made from it. */

import { z } from 'zod';

const base = {
  id: z.uuid().describe('Of this record: one that comes twice, because a delivery was tried again, has the same.'),
  time: z.iso.datetime().describe('When it happened, UTC.'),
  run: z.uuid().describe('Of this start of the server; sessions are numbered anew in each.'),
};

const who = {
  session: z.int().positive().describe('Number of the session, as in the log.'),
  user: z.string().nullable().describe('The logged-in user, null before login.'),
  remote: z.string().describe('Address of the client.'),
  remotePort: z.int().min(0).max(65_535),
};

const cause = z.string().describe('Why, as a word of a closed set; see docs/how-to/audit.md.');
const detail = z.string().describe('The same in words for a person; may be empty.');
const durationMs = z.number().nonnegative().describe('Milliseconds.');
const path = z.string().describe('Virtual path as the user sees it; bytes that are not UTF-8 are \\udcNN.');
const count = z.int().nonnegative();

const tls = z
  .strictObject({ protocol: z.string(), cipher: z.string(), resumed: z.boolean() })
  .nullable()
  .describe('Null for a data connection in clear, or where none came.');

/** Every record, told apart by `event`. */
export const auditRecordSchema = z.discriminatedUnion('event', [
  z.strictObject({ ...base, event: z.literal('server-start') }),
  z.strictObject({ ...base, event: z.literal('server-drain'), sessions: count, transfers: count }),
  z.strictObject({ ...base, event: z.literal('server-stop') }),
  z.strictObject({ ...base, event: z.literal('tls-settings'), verdict: z.enum(['replaced', 'refused']), detail }),
  z.strictObject({ ...base, event: z.literal('config-reload'), verdict: z.enum(['reloaded', 'refused']), detail }),
  z.strictObject({
    ...base,
    event: z.literal('connection-refused'),
    remote: who.remote,
    remotePort: who.remotePort,
    cause,
    detail,
    unreported: count.describe('Refusals before this one without a record, because there were too many in a second.'),
  }),
  z.strictObject({
    ...base,
    event: z.literal('ban'),
    network: z.string().describe('The address or network that the server has banned by itself.'),
    until: z.iso.datetime().nullable().describe('UTC; null where it has no end.'),
    detail,
  }),
  z.strictObject({ ...base, event: z.literal('sweep'), kept: count, removed: count, bytesRemoved: count }),
  z.strictObject({ ...base, event: z.literal('session-begin'), ...who }),
  z.strictObject({ ...base, event: z.literal('session-end'), ...who, cause, detail, durationMs }),
  z.strictObject({
    ...base,
    event: z.literal('login'),
    ...who,
    name: z.string().describe('The name that was given, also where no user has it.'),
    verdict: z.enum(['accepted', 'refused']),
    cause,
  }),
  z.strictObject({
    ...base,
    event: z.literal('transfer'),
    ...who,
    direction: z.enum(['download', 'upload', 'listing']),
    verb: z.string(),
    dataType: z.enum(['ascii', 'image']),
    path,
    verdict: z.enum(['complete', 'interrupted', 'unproven']),
    cause,
    detail,
    bytes: count.describe('Payload moved on the data connection.'),
    startOffset: count,
    durationMs,
    tls,
    dataPeer: z.string().nullable().describe('Who came to the data port, host:port.'),
    dataAddress: z.string().nullable().describe('The data address that was announced or given, host:port.'),
  }),
  z.strictObject({
    ...base,
    event: z.literal('data-line-failed'),
    ...who,
    cause,
    detail,
    opener: z.enum(['EPSV', 'PASV', 'EPRT', 'PORT']),
    address: z.string().describe('Where the server listened, or was to connect to, host:port.'),
    announced: z.string().nullable().describe('What PASV named where that is another address, host:port.'),
    expectedPeer: z.string().describe('The only address from which, or to which, the connection may be.'),
    peer: z.string().nullable().describe('Who was connected, host:port; null where nobody was.'),
    refusedPeers: z.array(z.string()).describe('Addresses that came and were refused, the first few.'),
    protection: z.enum(['clear', 'private']).describe('What PROT had set.'),
    tls,
    notResumed: z
      .enum(['not-offered', 'not-accepted'])
      .nullable()
      .describe(
        'Why the TLS session of the control connection was not resumed; null where it was, or there was no TLS.',
      ),
    bytes: count.describe('Payload moved on the data connection.'),
    durationMs,
  }),
  z.strictObject({
    ...base,
    event: z.literal('file-operation'),
    ...who,
    operation: z.string(),
    verb: z.string(),
    path,
    target: z.string().nullable().describe('The new name, the place of a copy.'),
    verdict: z.enum(['done', 'refused']),
    cause,
    detail,
    durationMs,
  }),
  z.strictObject({ ...base, event: z.literal('internal-error'), ...who, reference: z.string(), detail }),
]);

export type AuditRecord = z.infer<typeof auditRecordSchema>;
