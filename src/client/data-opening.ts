/** A data connection for one transfer, which is there already or which the server makes once the transfer is asked for. */

import { type DataConnection, Scope } from '../net/index.ts';
import { prepareActive } from './active.ts';
import { openPassive } from './passive.ts';
import type { Session } from './session.ts';
import { alertOf } from './session-trace.ts';

export interface DataOpening {
  /** Closing it ends the connection, and the wait for it. */
  readonly scope: Scope;
  /** The connection; to be asked for once. Rejects when the server does not make it, and when `scope` closes. */
  connection(): Promise<DataConnection>;
}

/** Opens or prepares a data connection for `work` and sees to its end: nothing of it is left when the promise settles. */
export async function withDataConnection<Result>(
  session: Session,
  signal: AbortSignal | undefined,
  work: (opening: DataOpening) => Promise<Result>,
): Promise<Result> {
  const scope = new Scope(session.scope);
  let data: DataConnection | undefined;
  const taken = (connection: DataConnection): DataConnection => {
    traceEnding(session, connection);
    return (data = connection);
  };
  try {
    const { active } = session.options;
    if (active !== undefined) {
      const awaited = await prepareActive(session, scope, active, signal);
      return await work({ scope, connection: async () => taken(await awaited.connection()) });
    }
    const opened = taken(await openPassive(session, scope, signal));
    return await work({ scope, connection: () => Promise.resolve(opened) });
  } finally {
    scope.close();
    await data?.closed;
  }
}

function traceEnding(session: Session, data: DataConnection): void {
  data.onEnding((ending) => {
    const alert = alertOf(ending, data.error);
    session.options.onTrace({ kind: 'ended', channel: 'data', ending, alert, error: data.error?.message });
  });
}
