/** A resource of the admin port is one record: method, path, and the function that answers. */

import type { LiveSession } from '../../server/index.ts';
import type { ServerMetrics } from '../metrics/server-metrics.ts';
import type { ServerState } from '../server-state.ts';

/** What `/api` may see and do, and the token that opens it. */
export interface AdminApi {
  readonly token: string;
  liveSessions(): readonly LiveSession[] | Promise<readonly LiveSession[]>;
  endSession(number: number): boolean;
}

/** What the resources show. */
export interface ConsoleFacts {
  readonly state: ServerState;
  readonly metrics: ServerMetrics;
  /** Undefined: there is no `/api`. */
  readonly api?: AdminApi | undefined;
}

/** An answer as it goes out. */
export interface RouteAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** A path may end with `/:number`, whose value comes as `number`. A method but GET changes something. */
interface Common {
  readonly method: 'GET' | 'DELETE';
  readonly path: string;
}

/** For everyone who reaches the port. */
export interface OpenRoute extends Common {
  readonly method: 'GET';
  readonly needs: 'nothing';
  answer(facts: ConsoleFacts): RouteAnswer | Promise<RouteAnswer>;
}

/** For who comes from this machine with the token. */
export interface ApiRoute extends Common {
  readonly needs: 'token';
  answer(api: AdminApi, number: number): RouteAnswer | Promise<RouteAnswer>;
}

export type Route = OpenRoute | ApiRoute;

export function defineRoute(route: Omit<OpenRoute, 'needs'>): OpenRoute {
  return { ...route, needs: 'nothing' };
}

export function defineApiRoute(route: Omit<ApiRoute, 'needs'>): ApiRoute {
  return { ...route, needs: 'token' };
}

/** A short answer in words. */
export function plainAnswer(status: number, text: string): RouteAnswer {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${text}\n` };
}

export function jsonAnswer(status: number, value: unknown): RouteAnswer {
  return { status, contentType: 'application/json', body: `${JSON.stringify(value)}\n` };
}
