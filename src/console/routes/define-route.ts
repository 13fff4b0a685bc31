/** A resource of the admin port is one record: method, path, and the function that answers. */

import type { ServerMetrics } from '../metrics/server-metrics.ts';
import type { ServerState } from '../server-state.ts';

/** What the resources show. */
export interface ConsoleFacts {
  readonly state: ServerState;
  readonly metrics: ServerMetrics;
}

/** An answer as it goes out. */
export interface RouteAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface Route {
  readonly method: 'GET';
  readonly path: string;
  answer(facts: ConsoleFacts): RouteAnswer | Promise<RouteAnswer>;
}

export function defineRoute(route: Route): Route {
  return route;
}

/** A short answer in words. */
export function plainAnswer(status: number, text: string): RouteAnswer {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${text}\n` };
}
