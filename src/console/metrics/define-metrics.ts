/** A group of metrics is one function: it makes its metrics in a registry and says which events they count. */

import type * as Prometheus from 'prom-client';
import type { LiveCount, ServerEvent } from '../../server/index.ts';
import type { Sink } from '../sinks/sink.ts';

/** The library, loaded when metrics are asked for. */
export type PrometheusLibrary = Pick<typeof Prometheus, 'Counter' | 'Gauge' | 'Histogram'>;

/** What is looked up when the numbers are fetched, in place of being counted. */
export interface MetricsSource {
  /** What lives in the server, by kind and owner. */
  liveCounts(): readonly LiveCount[] | Promise<readonly LiveCount[]>;
  /** Where events go beside the log. */
  sinks(): readonly Pick<Sink, 'name' | 'counts'>[];
  /** Version of the program. */
  readonly version: string;
}

/** One function for each type of event that a group counts. */
export type CountedEvents = {
  readonly [Type in ServerEvent['type']]?: (event: Extract<ServerEvent, { readonly type: Type }>) => void;
};

/** What a group gets to make its metrics with. */
export interface MetricsGround {
  readonly library: PrometheusLibrary;
  /** Where the metrics of the group belong: `registers: [registry]`. */
  readonly registers: Prometheus.Registry[];
  readonly source: MetricsSource;
}

export type MetricsGroup = (ground: MetricsGround) => CountedEvents;

/**
 * Defines a group. Labels take values of closed sets only: causes, kinds, codes, verbs that FTP knows. Nothing that a
 * client has written may become a label, or every client could make as many series as it likes.
 */
export function defineMetrics(group: MetricsGroup): MetricsGroup {
  return group;
}
