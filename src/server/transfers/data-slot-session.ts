/** What the data connections of a session know of it, and what they tell it. */

import type { Session } from '../session.ts';
import type { DataSlotSession } from './data-slot.ts';

export function dataSlotSession(session: Session): DataSlotSession {
  const { connection } = session;
  return {
    scope: session.scope,
    localHost: session.channel.boundHost,
    remoteHost: session.dialHost,
    dataTls: () => (session.state.protection === 'private' ? session.tls.dataTls() : undefined),
    connected: () => {
      if (connection.allows('data-connected')) connection.fire('data-connected');
    },
    secured: (line, tls) => session.emit({ type: 'data-tls', tls, notResumed: line.notResumed, ...session.identity }),
    refused: (from) => session.emit({ type: 'data-peer-refused', from, ...session.identity }),
    failed: (line) => {
      session.emit({ type: 'data-line-failed', line, ...session.identity });
      connection.fire('data-closed');
    },
  };
}
