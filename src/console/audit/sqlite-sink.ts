/** The audit in a SQLite database: a table with indexes, written in batches by a thread, so that no disk holds a transfer up. */

import { Worker } from 'node:worker_threads';
import { createSink, type Sink, type SinkReports } from '../sinks/sink.ts';
import { auditLine, type AuditRecord, type AuditRecords } from './audit-record.ts';
import type { AuditRow, WriterAnswer } from './sqlite-writer.ts';

/** Opens it. Rejects with an `Error` that says why the database cannot be used. */
export async function openAuditDatabase(path: string, records: AuditRecords, reports: SinkReports): Promise<Sink> {
  const writer = new DatabaseWriter(path);
  try {
    await writer.write([]);
  } catch (error) {
    await writer.close();
    throw error;
  }
  return createSink<AuditRow>(
    {
      name: 'audit-db',
      itemsOf: (event) => records.of(event).map((record) => rowOf(record)),
      write: (rows) => writer.write(rows),
      end: () => writer.close(),
    },
    reports,
  );
}

/** The columns of a record; what it has not is null. */
function rowOf(record: AuditRecord): AuditRow {
  const { id, time, run, event } = record;
  const fields = record as Partial<Record<string, string | number | null>>;
  const text = (name: string): string | null => (typeof fields[name] === 'string' ? fields[name] : null);
  const number = (name: string): number | null => (typeof fields[name] === 'number' ? fields[name] : null);
  return {
    ...{ id, time, run, event, session: number('session'), user: text('user') ?? text('name') },
    ...{ remote: text('remote'), verdict: text('verdict'), cause: text('cause'), path: text('path') },
    ...{ target: text('target'), bytes: number('bytes'), duration_ms: number('durationMs') },
    record: auditLine(record),
  };
}

/** The thread that has the database. A thread that ended is started anew with the next batch. */
class DatabaseWriter {
  readonly #path: string;
  #worker: Worker | undefined;
  #answer: ((answer: WriterAnswer) => void) | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Calls are made one after the other. */
  async write(rows: readonly AuditRow[]): Promise<void> {
    const worker = (this.#worker ??= this.#start());
    const answer = await new Promise<WriterAnswer>((resolve) => {
      this.#answer = resolve;
      worker.postMessage(rows, []);
    });
    if (answer.problem !== undefined) throw new Error(answer.problem);
  }

  #start(): Worker {
    const file = import.meta.url.endsWith('.ts') ? './sqlite-writer.ts' : './sqlite-writer.js';
    const worker = new Worker(new URL(file, import.meta.url), { workerData: this.#path, execArgv: [] });
    const settle = (answer: WriterAnswer): void => {
      const waiting = this.#answer;
      this.#answer = undefined;
      waiting?.(answer);
    };
    worker.unref();
    worker.on('message', settle);
    worker.on('error', (error: Error) => settle({ problem: error.message }));
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = undefined;
      settle({ problem: 'the thread of the database has ended' });
    });
    return worker;
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.ref();
    worker.postMessage('close', []);
    const timer = setTimeout(() => void worker.terminate(), 1000);
    await ended;
    clearTimeout(timer);
  }
}
