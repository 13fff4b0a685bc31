/** A hook: runs a program, or asks over HTTP, for each event that it is for; bounded in number, queue and time. */

import { setTimeout as sleep } from 'node:timers/promises';
import { type AuditRecord, auditLine, type AuditRecords } from '../audit/audit-record.ts';
import type { Sink, SinkReports } from '../sinks/sink.ts';
import { hookEventOf, matchesHook } from './hook-events.ts';
import { postHook } from './post-hook.ts';
import { runProgram } from './run-program.ts';

export interface HookOptions {
  /** The operator's name for it, in reports and metrics. */
  readonly name: string;
  /** Names of events, `upload.*` or `*`. */
  readonly on: readonly string[];
  readonly action:
    | { readonly kind: 'program'; readonly argv: readonly string[] }
    | { readonly kind: 'http'; readonly url: string; readonly secret: string | undefined; readonly retryMs?: number };
  readonly timeoutMs: number;
  /** Runs at a time; 1 keeps the order. */
  readonly concurrency: number;
  readonly maxWaiting?: number;
}

const maxWaitingEvents = 1_000;
/** One failure in this time is told; those between are counted. */
const tellEveryMs = 10_000;
const lastWordsMs = 2_000;

/** Makes a hook. */
export function createHook(options: HookOptions, records: AuditRecords, reports: Pick<SinkReports, 'trouble'>): Sink {
  return new Hook(options, records, reports);
}

class Hook implements Sink {
  readonly name: string;
  readonly #options: HookOptions;
  readonly #records: AuditRecords;
  readonly #reports: Pick<SinkReports, 'trouble'>;
  readonly #abort = new AbortController();
  readonly #waiting: AuditRecord[] = [];
  readonly #running = new Set<Promise<void>>();
  #written = 0;
  #dropped = 0;
  #failed = 0;
  #toldAt = Number.NEGATIVE_INFINITY;
  #untold = 0;
  #closed = false;

  constructor(options: HookOptions, records: AuditRecords, reports: Pick<SinkReports, 'trouble'>) {
    this.name = `hook ${options.name}`;
    this.#options = options;
    this.#records = records;
    this.#reports = reports;
  }

  get counts() {
    const waiting = this.#waiting.length + this.#running.size;
    return { written: this.#written, dropped: this.#dropped, failed: this.#failed, waiting };
  }

  readonly take: Sink['take'] = (event) => {
    for (const record of this.#records.of(event)) {
      const name = hookEventOf(record);
      if (!this.#options.on.some((pattern) => matchesHook(pattern, name))) continue;
      if (this.#closed || this.#waiting.length >= (this.#options.maxWaiting ?? maxWaitingEvents)) this.#dropped += 1;
      else this.#waiting.push(record);
    }
    this.#next();
  };

  #next(): void {
    while (this.#running.size < this.#options.concurrency && this.#waiting.length > 0) {
      const run = this.#run(this.#waiting.shift() as AuditRecord).finally(() => {
        this.#running.delete(run);
        this.#next();
      });
      this.#running.add(run);
    }
  }

  /** Never rejects. */
  async #run(record: AuditRecord): Promise<void> {
    const { action, timeoutMs } = this.#options;
    const { signal } = this.#abort;
    const name = hookEventOf(record);
    const body = `{"hook":${JSON.stringify(name)},${auditLine(record).slice(1)}\n`;
    try {
      if (action.kind === 'program') await runProgram(body, { argv: action.argv, timeoutMs, signal });
      else await postHook(name, record.id, body, { ...action, timeoutMs, signal });
      this.#written += 1;
    } catch (error) {
      this.#failed += 1;
      this.#tell(name, error);
    }
  }

  #tell(event: string, error: unknown): void {
    const now = performance.now();
    if (now - this.#toldAt < tellEveryMs) {
      this.#untold += 1;
      return;
    }
    const before = this.#untold === 0 ? '' : ` (and ${this.#untold} times before)`;
    this.#toldAt = now;
    this.#untold = 0;
    const words = error instanceof Error ? error.message : String(error);
    this.#reports.trouble(this.name, new Error(`${event}: ${words}${before}`, { cause: error }));
  }

  async close(): Promise<void> {
    this.#closed = true;
    const late = new AbortController();
    const over = sleep(lastWordsMs, undefined, { signal: late.signal }).catch(() => undefined);
    const all = async (): Promise<void> => {
      while (this.#running.size > 0) await Promise.all(this.#running);
    };
    await Promise.race([all(), over]);
    late.abort();
    this.#dropped += this.#waiting.splice(0).length;
    this.#abort.abort();
    await Promise.all(this.#running);
  }
}
