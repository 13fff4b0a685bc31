/** The sessions of a server as they are now: what a live view shows. */

import type { TlsFacts } from '../net/index.ts';
import type { TransferDirection } from './audit.ts';
import type { Session } from './session.ts';

/** One session at this moment. */
export interface LiveSession {
  readonly session: number;
  /** Undefined before login. */
  readonly user: string | undefined;
  readonly remoteHost: string;
  readonly remotePort: number;
  /** Milliseconds since 1970 UTC. */
  readonly startedAt: number;
  /** Of the control connection; undefined in clear. */
  readonly tls: TlsFacts | undefined;
  /** The verb of the command that is being answered, or was last; empty before the first. */
  readonly verb: string;
  /** The running transfer. */
  readonly transfer:
    | {
        readonly direction: TransferDirection;
        readonly verb: string;
        readonly path: string;
        readonly startOffset: number;
        /** Moved so far. */
        readonly bytes: number;
        readonly durationMs: number;
      }
    | undefined;
}

export function liveSessionOf(session: Session): LiveSession {
  const { transfer, identity } = session;
  return {
    ...identity,
    startedAt: session.startedAt,
    tls: session.channel.tls,
    verb: session.verb,
    transfer: transfer && {
      direction: transfer.plan.direction,
      verb: transfer.plan.verb,
      path: transfer.plan.path,
      startOffset: transfer.plan.startOffset,
      bytes: transfer.progress.bytes,
      durationMs: transfer.durationMs,
    },
  };
}
