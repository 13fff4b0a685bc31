/** TCP connections as one thing each: on one machine both of their ends stand in the table. */

import type { SocketAddress } from '../../../net/index.ts';
import type { Connection } from './connections.ts';
import type { SocketOwner } from './socket-owners.ts';
import type { TcpState } from './tcp-state.ts';

/** A connection with those of its ends that this machine has. */
export interface Link {
  /** The two addresses, the same whichever end is looked from. */
  readonly key: string;
  readonly ends: readonly Connection[];
}

/** States in which nobody can use the connection any more, or not yet. */
const overStates: ReadonlySet<TcpState> = new Set<TcpState>(['LISTEN', 'TIME_WAIT', 'SYN_SENT', 'SYN_RECV', 'CLOSE']);

/** The text of two ends that is the same at both. */
export function linkKey(one: SocketAddress, other: SocketAddress): string {
  return [one, other]
    .map(({ host, port }) => `${host} ${port}`)
    .sort()
    .join(' ');
}

/** The connections that live. */
export function linksOf(connections: readonly Connection[]): readonly Link[] {
  const byKey = new Map<string, Connection[]>();
  for (const connection of connections) {
    if (overStates.has(connection.socket.state)) continue;
    const key = linkKey(connection.local, connection.remote);
    byKey.set(key, [...(byKey.get(key) ?? []), connection]);
  }
  return [...byKey].map(([key, ends]) => ({ key, ends }));
}

/** The number under which a process holds a connection; what it opens later mostly has a higher one. */
export function descriptorIn({ ends }: Link, pid: number): number {
  const owner = ends.flatMap(({ owners }) => owners).find((one) => one.pid === pid);
  return owner?.descriptor ?? Infinity;
}

/** The two hosts, in one text. */
export function hostsOf({ ends }: Link): string {
  const [end] = ends;
  return end === undefined ? '' : [end.local.host, end.remote.host].sort().join(' ');
}

export function ownersOf({ ends }: Link): readonly SocketOwner[] {
  return ends.flatMap(({ owners }) => owners);
}

/** Both of its ends as addresses. */
export function addressesOf({ ends }: Link): readonly SocketAddress[] {
  const [end] = ends;
  return end === undefined ? [] : [end.local, end.remote];
}
