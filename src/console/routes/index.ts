/** All resources of the admin port. A new one is a file of its own and a line here. */

import type { Route } from './define-route.ts';
import { health, readiness } from './health.ts';
import { metrics } from './metrics.ts';
import { endSession, listSessions } from './sessions.ts';

export const routes: readonly Route[] = [metrics, health, readiness, listSessions, endSession];
