/** The table of connections as data: what `--json` prints and `docs/connections.schema.json` describes. */

import { z } from 'zod';
import type { Connection, ConnectionTable } from './connections.ts';
import type { Belonging, FtpSession } from './ftp-sessions.ts';
import { linkKey } from './links.ts';
import type { TcpDetails } from './tcp-socket.ts';
import { tcpStateNames } from './tcp-state.ts';

/** A higher number is one that programs for the older may misread. New fields do not raise it. */
const connectionsVersion = 1;

const end = z.strictObject({ host: z.string(), port: z.int() });
const count = z.int().nonnegative();
const milliseconds = z.number().nonnegative();

const details = z.strictObject({
  rttMs: milliseconds,
  rttVarianceMs: milliseconds,
  leastRttMs: milliseconds.optional(),
  retransmitTimeoutMs: milliseconds,
  totalRetransmits: count.describe('Since the connection was made'),
  unacknowledgedSegments: count,
  lostSegments: count,
  congestionWindow: count,
  pathMtu: count,
  lastSentMs: milliseconds.describe('Since data were last sent'),
  lastReceivedMs: milliseconds.describe('Since data last came'),
  lastAckMs: milliseconds,
  bytesSent: count.optional(),
  bytesAcknowledged: count.optional(),
  bytesReceived: count.optional(),
  notSentBytes: count.optional(),
  deliveryBytesPerSecond: count.optional(),
  congestionControl: z.string().optional(),
  receiveMemory: count.optional(),
  receiveMemoryLimit: count.optional(),
  sendMemory: count.optional(),
  sendMemoryLimit: count.optional(),
});

const ftpPart = z.strictObject({
  session: z.int().positive().describe('The same number: the same FTP session'),
  role: z
    .enum(['control', 'data', 'passive', 'unknown'])
    .describe('passive: a port that waits for a data line; unknown: a line that is left alone, control or data'),
  how: z.enum(['told', 'inferred']).describe('told: a program of the session says so'),
  reason: z.string(),
});

const connection = z.strictObject({
  local: end,
  remote: end.describe('Of a listener: port 0'),
  state: z.enum(tcpStateNames),
  user: z.string(),
  processes: z.array(z.strictObject({ pid: z.int(), name: z.string() })),
  receiveQueue: count.describe('Bytes that have come and were not read'),
  sendQueue: count.describe('Bytes that the other end has not acknowledged'),
  backlog: z.strictObject({ waiting: count, limit: count }).optional().describe('Of a listener'),
  timer: z.strictObject({
    kind: z.enum(['off', 'retransmit', 'keepalive', 'time-wait', 'probe']),
    expiresMs: milliseconds,
  }),
  retransmits: count.describe('Of what is waited for now'),
  details: details.optional().describe('From sock_diag'),
  ftp: ftpPart.optional(),
});

export const connectionsSchema = z.strictObject({
  version: z.literal(connectionsVersion),
  at: z.iso.datetime(),
  namespace: z.string().nullable().describe('Network namespace; null is the present one'),
  source: z.enum(['sock_diag', 'procfs']),
  whyProcfs: z.string().optional(),
  hiddenProcesses: count.describe('Processes whose descriptors the user may not see'),
  connections: z.array(connection),
});

export type ConnectionsRecord = z.infer<typeof connectionsSchema>;

export type ConnectionRecord = ConnectionsRecord['connections'][number];

/** One look, with the sessions that were found in it. */
export function connectionsRecord(
  table: ConnectionTable,
  sessions: readonly FtpSession[],
  namespace?: string,
): ConnectionsRecord {
  const parts = ftpParts(sessions);
  return {
    version: connectionsVersion,
    at: new Date().toISOString(),
    namespace: namespace ?? null,
    source: table.source,
    ...(table.whyProcfs === undefined ? {} : { whyProcfs: table.whyProcfs }),
    hiddenProcesses: table.hiddenProcesses,
    connections: table.connections.map((one) => recordOf(one, parts.get(placeOf(one)))),
  };
}

type FtpPart = NonNullable<ConnectionRecord['ftp']>;

/** Where a connection stands in a session: by its two ends, or by the address of a listener. */
function ftpParts(sessions: readonly FtpSession[]): ReadonlyMap<string, FtpPart> {
  const parts = new Map<string, FtpPart>();
  for (const { number, control, data, passive, unknown } of sessions) {
    const part = (role: FtpPart['role'], { how, reason }: Belonging<unknown>): FtpPart => ({
      session: number,
      role,
      how,
      reason,
    });
    for (const one of passive) parts.set(placeOf(one.thing), part('passive', one));
    for (const one of data) parts.set(one.thing.key, part('data', one));
    for (const one of unknown) parts.set(one.thing.key, part('unknown', one));
    if (control !== undefined) parts.set(control.thing.key, part('control', control));
  }
  return parts;
}

function placeOf({ local, remote, socket }: Connection): string {
  return socket.state === 'LISTEN' ? `${local.host} ${local.port}` : linkKey(local, remote);
}

function recordOf({ socket, local, remote, owners, user }: Connection, ftp: FtpPart | undefined): ConnectionRecord {
  const processes = new Map(owners.map(({ pid, name }) => [pid, { pid, name }]));
  const known: TcpDetails | undefined = socket.details;
  return {
    local,
    remote,
    state: socket.state,
    user,
    processes: [...processes.values()],
    receiveQueue: socket.receiveQueue,
    sendQueue: socket.sendQueue,
    ...(socket.backlog === undefined ? {} : { backlog: socket.backlog }),
    timer: socket.timer,
    retransmits: socket.retransmits,
    ...(known === undefined ? {} : { details: known }),
    ...(ftp === undefined ? {} : { ftp }),
  };
}
