/** What a sink is: somewhere that the events of a server go to, behind a queue of its own. */

import type { ServerEvent } from '../../server/index.ts';
import { BatchQueue, type BatchQueueOptions, type QueueCounts } from './batch-queue.ts';

/** A sink that takes events. */
export interface Sink {
  /** A name of the operator's side, for reports and metrics: `audit-file`, `xferlog`. */
  readonly name: string;
  readonly counts: QueueCounts & { readonly failed?: number };
  /** Takes an event; returns at once and never throws. */
  take(event: ServerEvent): void;
  /** The file was moved away: go on in a new one. */
  reopen?(): void;
  /** Writes what waits, for a bounded time. */
  close(): Promise<void>;
}

/** Whoever tells the operator. */
export interface SinkReports {
  /** Writing fails; it goes on being tried, and what does not fit into the queue is lost. */
  trouble(name: string, error: unknown): void;
  recovered(name: string, lost: number): void;
}

/** How long the end of the program waits for a sink. */
const lastWordsMs = 2_000;

/** How a sink is made from its two halves: events into items, and a writer of batches of items. */
export interface SinkParts<Item> extends Pick<BatchQueueOptions<Item>, 'write' | 'maxWaiting' | 'retryMs'> {
  readonly name: string;
  readonly itemsOf: (event: ServerEvent) => readonly Item[];
  readonly reopen?: () => void;
  readonly end: () => Promise<void>;
}

/** Makes a sink. */
export function createSink<Item>(parts: SinkParts<Item>, reports: SinkReports): Sink {
  const { name, itemsOf, reopen, end, ...queueOptions } = parts;
  const queue = new BatchQueue<Item>({
    ...queueOptions,
    onTrouble: (error) => reports.trouble(name, error),
    onRecovered: (lost) => reports.recovered(name, lost),
  });
  return {
    name,
    get counts() {
      return queue.counts;
    },
    take: (event) => {
      for (const item of itemsOf(event)) queue.put(item);
    },
    ...(reopen === undefined ? {} : { reopen }),
    close: async () => {
      await queue.close(lastWordsMs);
      await end();
    },
  };
}
