/** All groups of metrics. A new one is a file of its own and a line here; see docs/how-to/metrics.md. */

import { bans } from './bans.ts';
import { commands } from './commands.ts';
import type { MetricsGroup } from './define-metrics.ts';
import { changes } from './file-operations.ts';
import { live } from './live.ts';
import { logins } from './logins.ts';
import { refusals } from './refusals.ts';
import { reloads } from './reloads.ts';
import { sessions } from './sessions.ts';
import { sinks } from './sinks.ts';
import { sweeps } from './sweeps.ts';
import { tls } from './tls.ts';
import { transfers } from './transfers.ts';
import { workers } from './workers.ts';

export const metricsGroups: readonly MetricsGroup[] = [
  live,
  sessions,
  refusals,
  bans,
  reloads,
  logins,
  transfers,
  changes,
  tls,
  commands,
  sweeps,
  sinks,
  workers,
];
