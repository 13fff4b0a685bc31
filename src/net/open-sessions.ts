/** Which lines of FTP sessions this process has open by now: what it can tell of itself to whoever looks at connections. */

import type { Endpoints, SocketAddress } from './control-channel.ts';
import type { Scope } from './scope.ts';

type OpenLine =
  | { readonly kind: 'control' | 'data'; readonly scope: Scope; readonly ends: Endpoints }
  | { readonly kind: 'passive'; readonly scope: Scope; readonly listensAt: SocketAddress };

/** A control line with the data lines that belong to it. Addresses are those of the sockets, also behind a proxy. */
export interface OpenSession {
  readonly control: Endpoints;
  readonly data: readonly Endpoints[];
  /** Ports that wait for a data line. */
  readonly passive: readonly SocketAddress[];
}

const lines = new Set<OpenLine>();

/** For whoever owns a socket: the line is open until its scope closes. */
export function noteLine(line: OpenLine): void {
  if (line.scope.closed) return;
  lines.add(line);
  line.scope.add(() => lines.delete(line));
}

/** The sessions of all servers and clients of this process. */
export function openSessions(): readonly OpenSession[] {
  const all = [...lines];
  const others = all.filter(({ kind }) => kind !== 'control');
  return all.flatMap((line) => {
    if (line.kind !== 'control') return [];
    // What a control channel hangs in is the session, and so do its data lines.
    const session = line.scope.parent ?? line.scope;
    const own = others.filter(({ scope }) => isWithin(scope, session));
    return {
      control: line.ends,
      data: own.flatMap((other) => (other.kind === 'data' ? other.ends : [])),
      passive: own.flatMap((other) => (other.kind === 'passive' ? other.listensAt : [])),
    };
  });
}

function isWithin(scope: Scope, session: Scope): boolean {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) if (at === session) return true;
  return false;
}
