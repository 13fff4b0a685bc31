/** The admin port of a running server: its metrics and its state, loaded only when the port is asked for. */

import type { FtpsServer, ServerEvent } from '../../server/index.ts';
import { packageVersion } from '../package-version.ts';
import { formatHostPort, type HostPort } from './listen-address.ts';
import type { Observer } from './observers.ts';

/** Opens it. Rejects with `TwinlineError` ERR_TWINLINE_LISTEN. */
export async function openAdminPort(address: HostPort, server: FtpsServer): Promise<Observer> {
  const { createServerMetrics, ServerState, startAdminServer } = await import('../../console/index.ts');
  const state = new ServerState();
  const metrics = await createServerMetrics({
    liveCounts: () => server.countsByOwner(),
    version: await packageVersion(),
  });
  const admin = await startAdminServer({ ...address, state, metrics });
  const url = `http://${formatHostPort({ host: address.host, port: admin.port })}/metrics`;
  return {
    take: (event: ServerEvent) => {
      state.take(event);
      metrics.take(event);
    },
    notes: [`Metrics are at ${url}`],
    close: () => admin.close(),
  };
}
