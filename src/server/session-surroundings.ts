/** What a server gives each of its sessions. */

import type { LiveKind, Scope } from '../net/index.ts';
import type { StorageBackend } from '../storage/index.ts';
import type { UserStore } from '../users/index.ts';
import type { ServerEventBody } from './audit.ts';
import type { LoginPauses } from './bans/login-delays.ts';
import type { Standing } from './limits/session-limits.ts';
import type { ServerStorages } from './rights/account-storage.ts';
import type { HostedSession } from './hosted-session.ts';
import type { Shares } from './shares/user-shares.ts';
import type { ServerSettings } from './settings.ts';

/** Living things of a server by kind, and open files. */
export type ServerCounts = Readonly<Record<LiveKind | 'file', number>>;

/** What the server gives each session. */
export interface SessionSurroundings {
  readonly settings: ServerSettings;
  readonly storages: ServerStorages;
  /** What the sessions of a user share. */
  readonly shares: Shares;
  /** What there is before login. */
  readonly closedStorage: StorageBackend;
  /** As they are now: they may change while a session lasts. */
  users(): UserStore;
  readonly scope: Scope;
  readonly loginDelays: LoginPauses;
  emit(event: ServerEventBody): void;
  /** The session has gone on, or back, between handshake, stranger and user. */
  standingChanged(session: HostedSession, standing: Standing): void;
  ended(session: HostedSession): void;
  /** What lives in the whole server, for STAT of an administrator. */
  counts(): ServerCounts;
}
