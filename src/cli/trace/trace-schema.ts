/** The lines of a trace file as a schema, from which `docs/trace.schema.json` is made. */

import { z } from 'zod';

const base = {
  at: z.iso.datetime().describe('by the clock on the wall, UTC'),
  timeMs: z.number().min(0).describe('milliseconds since the process started; never runs backwards'),
  session: z.int().min(0).describe('number of the session within the process, from 1; 0 outside of sessions'),
  channel: z.enum(['control', 'data']),
  phase: z.enum(['connect', 'greeting', 'tls', 'login', 'command', 'data-connect', 'transfer', 'quit']),
};

const certificate = z.strictObject({
  subject: z.string(),
  issuer: z.string(),
  validFrom: z.string(),
  validTo: z.string(),
  fingerprint256: z.string().describe('SHA-256 of the whole certificate'),
  publicKeyPin: z.string().optional().describe('SHA-256 of the public key alone, as --pin takes it'),
});

const place = { host: z.string(), port: z.int() };

const event = <Kind extends string, Shape extends z.ZodRawShape>(kind: Kind, says: string, shape: Shape) =>
  z.strictObject({ ...base, kind: z.literal(kind), ...shape }).describe(says);

const header = z
  .strictObject({ kind: z.literal('trace'), version: z.literal(1), program: z.string(), at: z.iso.datetime() })
  .describe('the first line');

/** One line. */
export const traceLineSchema = z.discriminatedUnion('kind', [
  header,
  event('session', 'a session begins', { ...place, security: z.enum(['explicit', 'implicit', 'plain']) }),
  event('connected', 'TCP is established', place),
  event('unreachable', 'no connection came about', { ...place, code: z.string() }),
  event('command', 'a command goes out, secrets masked', { text: z.string() }),
  event('reply', 'a reply has come', {
    code: z.int(),
    lines: z.array(z.string()),
    waitMs: z.number().describe('since the command, or since the reply before'),
  }),
  event('info', 'a decision or a finding, for people', { text: z.string() }),
  event('tls', 'a handshake is done', {
    facts: z.strictObject({ protocol: z.string(), cipher: z.string(), resumed: z.boolean() }),
    group: z.string().optional(),
    alpn: z.string().optional(),
    certificate: certificate.optional(),
    chain: z.array(certificate),
    problem: z.string().optional().describe('why the certificate is not trusted'),
    accepted: z.boolean(),
  }),
  event('ticket', 'the server gave a TLS session to resume', { bytes: z.int() }),
  event('step', 'a step is done', {
    step: z.enum(['dns', 'connect', 'tls', 'login', 'data-connect', 'first-byte', 'transfer', 'final-reply']),
    durationMs: z.number().min(0),
  }),
  event('listing', 'a listing was read to its end', {
    verb: z.enum(['MLSD', 'LIST']),
    dialect: z.enum(['mlsd', 'unix', 'dos', 'eplf', 'netware', 'os400', 'vms', 'mvs']).optional(),
    entries: z.int(),
    raw: z.int().describe('lines that were not understood'),
  }),
  event('data', 'bytes of a listing, with --trace-listings', { base64: z.base64() }),
  event('transfer', 'a transfer is over, well or not', {
    verb: z.string(),
    direction: z.enum(['download', 'upload']),
    bytes: z.int(),
  }),
  event('ended', 'a line has ended, or the peer has ended its half', {
    ending: z.enum(['close-notify', 'fin', 'reset', 'timeout', 'local', 'error']),
    alert: z.string().optional(),
    error: z.string().optional(),
  }),
]);
