/** The settings of `twinline serve` as the options of its server. */

import type { ListenerOptions, ServerOptions } from '../../server/index.ts';
import type { UserStore } from '../../users/index.ts';
import type { LoadedTls } from './load-tls.ts';
import { listenersOfServer } from './service/inherited-sockets.ts';
import type { ServeSettings } from './settings.ts';

/** Everything but what a server keeps for its whole life: at the start, and again at every reload. */
export function serverOptions(
  settings: ServeSettings,
  { users, tls: loaded }: { readonly users: UserStore; readonly tls: Pick<LoadedTls, 'tlsSettings'> | undefined },
  inherited: readonly ListenerOptions[],
): Omit<ServerOptions, 'storage' | 'onEvent'> {
  const { tls, passivePorts, passiveHost, welcome, onControlLoss, missingCloseNotify } = settings;
  return {
    listeners: listenersOfServer(settings, inherited),
    users,
    tls,
    passivePorts,
    onControlLoss,
    missingCloseNotify,
    keepaliveReplies: settings.keepaliveReplies,
    limits: settings.limits,
    exemptNetworks: settings.exemptNetworks,
    proxyProtocolFrom: settings.proxyProtocolFrom,
    sessionReuse: settings.sessionReuse,
    ccc: settings.ccc,
    ...(loaded === undefined ? {} : { tlsSettings: loaded.tlsSettings }),
    ...(passiveHost === undefined ? {} : { passiveHost }),
    ...(welcome.length === 0 ? {} : { welcome }),
  };
}
