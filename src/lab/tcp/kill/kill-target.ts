/** The connections that a pattern means, with those of their ends that are on this machine. */

import type { SocketAddress } from '../../../net/index.ts';
import type { Connection } from '../table/connections.ts';
import { linkKey } from '../table/links.ts';
import { synchronisedStates } from '../table/tcp-state.ts';
import type { EndPattern, KillPattern } from './kill-pattern.ts';

/** One end of a connection; without `here` it is on another machine, or nobody knows of it here. */
export interface TargetEnd {
  readonly address: SocketAddress;
  readonly here: Connection | undefined;
}

export interface KillTarget {
  /** The end at which things are done first: one that is here, where any is. */
  readonly near: TargetEnd;
  readonly far: TargetEnd;
}

/**
 * The connections that are meant. A pair that no socket here has is meant too: it may pass through this machine. An end by
 * itself must be that of a connection here.
 */
export function targetsOf(connections: readonly Connection[], pattern: KillPattern): readonly KillTarget[] {
  const living = connections.filter(({ socket }) => synchronisedStates.has(socket.state));
  if (pattern.kind === 'pair') {
    const key = linkKey(pattern.local, pattern.remote);
    const ends = living.filter(({ local, remote }) => linkKey(local, remote) === key);
    return [targetBetween(pattern.local, pattern.remote, ends)];
  }
  const byKey = new Map<string, Connection[]>();
  for (const connection of living) {
    if (!isEnd(connection.local, pattern.end) && !isEnd(connection.remote, pattern.end)) continue;
    const key = linkKey(connection.local, connection.remote);
    byKey.set(key, [...(byKey.get(key) ?? []), connection]);
  }
  return [...byKey.values()].flatMap((ends) => {
    const near = ends.find(({ local }) => isEnd(local, pattern.end)) ?? ends[0];
    return near === undefined ? [] : [targetBetween(near.local, near.remote, ends)];
  });
}

function isEnd({ host, port }: SocketAddress, pattern: EndPattern): boolean {
  return port === pattern.port && (pattern.host === undefined || pattern.host === host);
}

function targetBetween(one: SocketAddress, other: SocketAddress, ends: readonly Connection[]): KillTarget {
  const endAt = (address: SocketAddress): TargetEnd => ({
    address,
    here: ends.find(({ local }) => local.host === address.host && local.port === address.port),
  });
  const [near, far] = [endAt(one), endAt(other)];
  return near.here === undefined && far.here !== undefined ? { near: far, far: near } : { near, far };
}

/** Whether any of its ends is on this machine. */
export function isHere({ near }: KillTarget): boolean {
  return near.here !== undefined;
}
