/** A session as its server sees it, whichever process it lives in. */

import type { Endpoints } from '../net/index.ts';
import type { Reply } from '../protocol/index.ts';
import type { Socket } from 'node:net';
import type { LoginPauses } from './bans/login-delays.ts';
import type { SessionCause } from './audit.ts';
import type { LimitedSession, Standing } from './limits/session-limits.ts';
import type { LedgerBook, UsageBook } from './quota/usage-book.ts';
import type { ServerCounts, SessionSurroundings } from './session-surroundings.ts';
import type { Shares } from './shares/user-shares.ts';

export interface HostedSession extends LimitedSession {
  readonly number: number;
  readonly standing: Standing;
  /** Something that is not undefined while a transfer runs. */
  readonly transfer: unknown;
  start(): void;
  /** Ends the session: a transfer is interrupted, the control connection ends in order after a last reply, if any. */
  end(cause: SessionCause, detail: string, lastReply?: Reply): void;
  /** Ends the session now, or when its running transfer is through. */
  endAfterTransfer(): void;
}

/** A connection that has been let in. */
export interface AdmittedConnection {
  readonly raw: Socket;
  readonly number: number;
  readonly implicit: boolean;
  /** Its ends, as a trusted proxy has given them or as the socket has them. */
  readonly seenAs: Endpoints;
}

/** Where the sessions of a server live, when that is not its own process. */
export interface SessionHost {
  /** Gives a connection away; undefined: nobody is there to take it. */
  open(connection: AdmittedConnection, surroundings: SessionSurroundings): HostedSession | undefined;
}

/** What the sessions of several processes share, as the process of some of them reaches it. */
export interface SharedState {
  readonly loginDelays: LoginPauses;
  readonly shares: Shares;
  readonly book: LedgerBook;
  standingChanged(session: number, standing: Standing): void;
  ended(session: number): void;
  /** The counts of all processes; `own` are those of this one. */
  countsWith(own: ServerCounts): ServerCounts;
}

/** The parts of a server that is one process of several. */
export interface ServerParts {
  /** What folders with a quota hold, where others count in it too. */
  readonly book?: UsageBook;
  readonly host?: SessionHost;
  readonly shared?: SharedState;
}
