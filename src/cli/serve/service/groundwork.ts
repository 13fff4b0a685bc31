/** What comes before a server is made: sockets that were handed over, ports that need root, and the user to go on as. */

import { Listener, type ListenerOptions } from '../../../server/index.ts';
import { explainListenProblem } from '../listen-problem.ts';
import { type PreparedTls, readGivenTls } from '../prepare.ts';
import type { ServeSettings } from '../settings.ts';
import { dropPrivileges, findServiceUser, giveDataFolder } from './drop-privileges.ts';
import { listenersOfServer, takeInheritedSockets } from './inherited-sockets.ts';

export interface Groundwork {
  readonly inherited: readonly ListenerOptions[];
  /** Open already; empty unless the rights to open them were given up. */
  readonly bound: readonly Listener[];
  /** Read while that was allowed; undefined: still to be read. */
  readonly givenTls: PreparedTls | undefined;
  readonly warnings: readonly string[];
}

/** Throws `ConfigError` or ERR_TWINLINE_LISTEN with one sentence; nothing is open then. */
export async function layGroundwork(settings: ServeSettings): Promise<Groundwork> {
  const inherited = takeInheritedSockets();
  const listeners = listenersOfServer(settings, inherited);
  if (settings.runAs === undefined) return { inherited, bound: [], givenTls: undefined, warnings: warningsOfRoot() };
  const user = await findServiceUser(settings.runAs);
  // Keys may be for root alone. What an ACME authority gives is kept in the data folder, which is the user's.
  const givenTls = settings.acme === undefined ? await readGivenTls(settings) : undefined;
  const bound = await openAll(listeners);
  try {
    await giveDataFolder(settings.dataDir, user);
    dropPrivileges(user);
  } catch (error) {
    await Promise.all(bound.map((listener) => listener.close()));
    throw error;
  }
  return { inherited, bound, givenTls, warnings: [] };
}

async function openAll(listeners: readonly ListenerOptions[]): Promise<readonly Listener[]> {
  try {
    return await Listener.openAll(listeners);
  } catch (error) {
    throw await explainListenProblem(error, listeners);
  }
}

function warningsOfRoot(): readonly string[] {
  if (process.getuid?.() !== 0) return [];
  return [
    'The server runs as root and keeps every right of root: name a user with --run-as, or start it as one (see the unit file).',
  ];
}
