/** What the process that owns the listeners and one that serves sessions can call of each other. */

import type { Socket } from 'node:net';
import type { Endpoints, ServerTlsSettings } from '../../net/index.ts';
import type { Reply } from '../../protocol/index.ts';
import type { StorageUsage } from '../../storage/index.ts';
import type { ServerEvent, SessionCause } from '../audit.ts';
import type { EvictionCause, Standing } from '../limits/session-limits.ts';
import type { LiveSession } from '../live-sessions.ts';
import type { ClaimAnswer, LedgerClaim } from '../quota/usage-ledger.ts';
import type { LiveCount } from '../server.ts';
import type { SharingUser } from '../shares/user-shares.ts';

/** A connection on its way to its worker; the socket goes with it. */
export interface SentConnection {
  readonly number: number;
  readonly implicit: boolean;
  readonly seenAs: Endpoints;
  /** What had been read of it already, in base64. */
  readonly read: string;
}

/** Bounds of a user's session, in bytes per second; absent where there is none. */
export interface ShareRates {
  readonly up?: number;
  readonly down?: number;
}

/** The answer may come later. */
type Later<Value> = Value | Promise<Value>;

/** The socket that came with a call. */
type Sent = Socket | undefined;

/** What a worker offers. */
export type WorkerCalls = {
  connection(connection: SentConnection, socket: Sent): void;
  evict(order: { readonly session: number; readonly cause: EvictionCause }): void;
  end(order: {
    readonly session: number;
    readonly cause: SessionCause;
    readonly detail: string;
    readonly reply?: Reply;
  }): void;
  endAfterTransfer(order: { readonly session: number }): void;
  sessions(nothing: null): readonly LiveSession[];
  /** Says no more than that it is there. */
  answer(nothing: null): void;
  /** What new control lines are shown from now on. */
  tls(settings: ServerTlsSettings): void;
  /** New settings, in the form that the programs on both sides agree on; resolves when they count. */
  configure(settings: unknown): Promise<void>;
  /** Ends all sessions that are left; resolves when nothing is open any more. */
  close(nothing: null): Promise<void>;
  /** What lives in it now. */
  counts(nothing: null): readonly LiveCount[];
  /** What lives elsewhere. */
  countsElsewhere(counts: readonly LiveCount[]): void;
  /** The folders that have a ledger by now; the answer says that changes count in them from here on. */
  ledgers(folders: readonly string[]): void;
  /** The rates of a share have changed. */
  rates(change: { readonly share: number; readonly rates: ShareRates }): void;
};

/** What the process that owns the listeners offers to each worker. */
export type PrimaryCalls = {
  events(events: readonly ServerEvent[]): void;
  standing(change: { readonly session: number; readonly standing: Standing }): void;
  ended(session: number): void;
  counts(counts: readonly LiveCount[]): void;
  pauseBefore(login: { readonly address: string; readonly name: string }): Later<number>;
  pauseAfterRefusal(login: { readonly address: string; readonly name: string }): Later<number>;
  /** Null: the user has as many sessions as may be. */
  enter(entry: { readonly share: number; readonly user: SharingUser }): Later<ShareRates | null>;
  leave(share: number): void;
  book(piece: { readonly share: number; readonly direction: 'up' | 'down'; readonly bytes: number }): Later<number>;
  /** Resolves when the folder has been measured, and every worker counts in it. */
  holdLedger(folder: string): Promise<void>;
  releaseLedger(folder: string): void;
  ledgerUsage(folder: string): StorageUsage;
  changeLedger(change: {
    readonly folder: string;
    readonly bytes: number;
    readonly files: number;
    readonly reserved: number;
  }): void;
  claimLedger(order: { readonly folder: string; readonly claim: LedgerClaim }): ClaimAnswer;
  /** Resolves when work on a path, or any work where there is none, may begin inside the ledgers; `finish` ends it. */
  begin(work: { readonly id: number; readonly path?: string; readonly folders: readonly string[] }): Promise<void>;
  finish(id: number): void;
};
