/** The connections and listeners of a machine with who holds them: one look at everything. */

import { normaliseAddress, printable } from '../../../protocol/index.ts';
import type { SocketAddress } from '../../../net/index.ts';
import { listSockets, type TableOptions, type TableSource } from './list-sockets.ts';
import { type SocketOwner, socketOwners } from './socket-owners.ts';
import type { TcpSocket } from './tcp-socket.ts';
import { userNames } from './user-names.ts';

/** A socket and its processes. Addresses are written in one way: IPv4 also where it came mapped into IPv6. */
export interface Connection {
  readonly socket: TcpSocket;
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  /** Empty where nobody holds it any more, or where this user may not see who does. */
  readonly owners: readonly SocketOwner[];
  /** The user whose socket it is: a name, or a number that has none. */
  readonly user: string;
}

export interface ConnectionTable {
  readonly source: TableSource;
  readonly whyProcfs?: string;
  /** Processes whose descriptors this user may not see: their connections have no owner here. */
  readonly hiddenProcesses: number;
  readonly connections: readonly Connection[];
}

/** Throws `TwinlineError` ERR_TWINLINE_SYSTEM where the machine shows no connections. */
export function readConnections(options: TableOptions = {}): ConnectionTable {
  const { sockets, source, whyProcfs } = listSockets(options);
  const { byInode, hidden } = socketOwners();
  const names = userNames();
  const connections = sockets.map((socket) => ({
    socket,
    local: plainEnd(socket.local),
    remote: plainEnd(socket.remote),
    owners: socket.inode === 0 ? [] : (byInode.get(socket.inode) ?? []),
    user: names.get(socket.uid) ?? String(socket.uid),
  }));
  const sorted = connections.toSorted(byAddress);
  return { source, ...(whyProcfs === undefined ? {} : { whyProcfs }), hiddenProcesses: hidden, connections: sorted };
}

export function plainEnd({ host, port }: SocketAddress): SocketAddress {
  return { host: normaliseAddress(host) ?? host, port };
}

/** Listeners first, then by local port and remote end: the order does not change from one look to the next. */
function byAddress(one: Connection, other: Connection): number {
  const rank = ({ socket }: Connection): number => (socket.state === 'LISTEN' ? 0 : 1);
  return (
    rank(one) - rank(other) ||
    one.local.port - other.local.port ||
    one.local.host.localeCompare(other.local.host) ||
    one.remote.port - other.remote.port ||
    one.remote.host.localeCompare(other.remote.host)
  );
}

/** `curl/5546, curl/5547`, or `-`; a program names itself, and so what a terminal would obey is written out. */
export function ownersText(owners: readonly SocketOwner[]): string {
  const processes = new Map(owners.map(({ pid, name }) => [pid, `${printable(name)}/${pid}`]));
  return processes.size === 0 ? '-' : [...processes.values()].join(', ');
}
