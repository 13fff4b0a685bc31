/** The admin port of a running server: its metrics and its state, loaded only when the port is asked for. */

import { type AdminApi, createServerMetrics, ServerState, type Sink, startAdminServer } from '../../console/index.ts';
import type { ServerEvent } from '../../server/index.ts';
import { packageVersion } from '../package-version.ts';
import { formatHostPort, type HostPort } from './listen-address.ts';
import type { RunningServer } from './running-server.ts';

export interface AdminPort {
  /** `http://127.0.0.1:9921`. */
  readonly url: string;
  take(event: ServerEvent): void;
  close(): Promise<void>;
}

/** Opens it. Rejects with `TwinlineError` ERR_TWINLINE_LISTEN. */
export async function openAdminPort(
  address: HostPort,
  server: RunningServer,
  sinks: () => readonly Sink[],
  /** Undefined: sessions are neither listed nor ended. */
  token: string | undefined,
): Promise<AdminPort> {
  const state = new ServerState();
  const version = await packageVersion();
  const metrics = await createServerMetrics({ liveCounts: () => server.countsByOwner(), sinks, version });
  const api = token === undefined ? undefined : apiOf(server, token);
  const admin = await startAdminServer({ ...address, state, metrics, api });
  return {
    url: `http://${formatHostPort({ host: address.host, port: admin.port })}`,
    take: (event) => {
      state.take(event);
      metrics.take(event);
    },
    close: () => admin.close(),
  };
}

function apiOf(server: RunningServer, token: string): AdminApi {
  return {
    token,
    liveSessions: () => server.liveSessions(),
    endSession: (number) => server.endSession(number),
  };
}
