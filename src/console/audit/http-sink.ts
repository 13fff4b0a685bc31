/** The audit to another program over HTTP: batches of records by POST, tried again until they are taken. */

import { RefusedBatch } from '../sinks/batch-queue.ts';
import { createSink, type Sink, type SinkReports } from '../sinks/sink.ts';
import type { AuditRecord, AuditRecords } from './audit-record.ts';

export interface AuditHttpOptions {
  readonly url: string;
  /** Sent as `Authorization: Bearer …`. */
  readonly token?: string | undefined;
  readonly retryMs?: number;
  readonly maxWaiting?: number;
}

const requestMs = 10_000;
/** Answers that may be other ones later. */
const laterStatus = new Set([408, 425, 429]);

/** Sends `{"records": […]}`; any 2xx answer takes the batch, 4xx loses it, all else is tried again. */
export function openAuditHttp(options: AuditHttpOptions, records: AuditRecords, reports: SinkReports): Sink {
  const { url, token, retryMs, maxWaiting } = options;
  return createSink<AuditRecord>(
    {
      name: 'audit-http',
      itemsOf: (event) => records.of(event).map((record) => record),
      write: (batch, signal) => post(url, token, batch, signal),
      end: () => Promise.resolve(),
      ...(retryMs === undefined ? {} : { retryMs }),
      ...(maxWaiting === undefined ? {} : { maxWaiting }),
    },
    reports,
  );
}

async function post(
  url: string,
  token: string | undefined,
  records: readonly AuditRecord[],
  signal: AbortSignal,
): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'twinline',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ records }),
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(requestMs)]),
  });
  await response.body?.cancel();
  if (response.ok) return;
  const words = `the server answered ${response.status}`;
  if (response.status < 500 && !laterStatus.has(response.status)) throw new RefusedBatch(words);
  throw new Error(words);
}
