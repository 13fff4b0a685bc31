/** The numbers of one server in the text format of Prometheus. */

import type { ServerEvent } from '../../server/index.ts';
import type { CountedEvents, MetricsSource } from './define-metrics.ts';
import { metricsGroups } from './index.ts';

export type { MetricsSource } from './define-metrics.ts';

/** Counts events and answers with all numbers. */
export interface ServerMetrics {
  /** Counts an event; returns at once. */
  take(event: ServerEvent): void;
  readonly contentType: string;
  /** All numbers as they are now. */
  text(): Promise<string>;
}

export interface ServerMetricsOptions extends MetricsSource {
  /** Also the numbers of the process: memory, processor time, event loop, garbage collection. Default true. */
  readonly process?: boolean;
}

/** Loads the library and makes the metrics in a registry of their own. */
export async function createServerMetrics(options: ServerMetricsOptions): Promise<ServerMetrics> {
  const { default: library } = await import('prom-client');
  const registry = new library.Registry();
  const ground = { library, registers: [registry], source: options };
  const groups = metricsGroups.map((group) => group(ground));
  if (options.process !== false) library.collectDefaultMetrics({ register: registry });
  const counters = countersByType(groups);
  return {
    take: (event) => {
      for (const count of counters.get(event.type) ?? []) count(event);
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}

type Count = (event: ServerEvent) => void;

function countersByType(groups: readonly CountedEvents[]): ReadonlyMap<ServerEvent['type'], readonly Count[]> {
  const counters = new Map<ServerEvent['type'], Count[]>();
  for (const [type, count] of groups.flatMap((group) => Object.entries(group))) {
    const known = counters.get(type as ServerEvent['type']) ?? [];
    counters.set(type as ServerEvent['type'], [...known, count as Count]);
  }
  return counters;
}
