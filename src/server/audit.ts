/** What a server tells its owner: one typed event for each thing worth a log line, in the order in which it happened. */

import type { StorageErrorKind } from '../errors/index.ts';
import type { TlsFacts } from '../net/index.ts';
import type { DataLineRecord, NotResumed } from './transfers/data-line.ts';

/** Who a session event is about. */
export interface SessionIdentity {
  /** Number of the session, from 1 upwards, as the log shows it. */
  readonly session: number;
  /** Address of the client. */
  readonly remoteHost: string;
  readonly remotePort: number;
  /** Name of the logged-in user, undefined before login. */
  readonly user: string | undefined;
}

/** Why a transfer ended other than well; each is told apart from the others on the wire or by us. */
export const transferCauses = [
  'completed',
  'control-reset',
  'control-fin',
  'control-close-notify',
  'control-timeout',
  'control-error',
  'control-closed-by-server',
  'abort',
  'data-reset',
  'data-truncated',
  'data-error',
  'stalled',
  'no-data-connection',
  'data-tls-failed',
  'quota',
  'disk-full',
  'storage',
  'drain',
] as const;
export type TransferCause = (typeof transferCauses)[number];

/** `complete`: all arrived and is proven; `interrupted`: anything else; `unproven`: a tolerated missing close_notify. */
export type TransferVerdict = 'complete' | 'interrupted' | 'unproven';

export const transferDirections = ['download', 'upload', 'listing'] as const;
export type TransferDirection = (typeof transferDirections)[number];

/** The record of one transfer. It is written before the reply is sent. */
export interface TransferRecord {
  readonly direction: TransferDirection;
  readonly verb: string;
  /** How it was converted: ASCII with line ends, or byte by byte. */
  readonly dataType: 'ascii' | 'image';
  /** Virtual path. */
  readonly path: string;
  /** Payload bytes moved on the data connection. */
  readonly bytes: number;
  readonly startOffset: number;
  readonly durationMs: number;
  readonly cause: TransferCause;
  readonly verdict: TransferVerdict;
  /** The explanation in words that a person reads: the short form of the explain record. */
  readonly detail: string;
  readonly tls: TlsFacts | undefined;
  /** Who connected to the data port, `host:port`, undefined if nobody did. */
  readonly dataPeer: string | undefined;
  /** The data port or address that was advertised or given, `host:port`. */
  readonly dataAddress: string | undefined;
}

/** What a command can change of files and folders. Transfers are here only where they were refused before they began. */
export const fileOperations = [
  'delete',
  'rename',
  'make-directory',
  'remove-directory',
  'set-time',
  'set-facts',
  'set-mode',
  'link',
  'copy',
  'combine',
  'download',
  'upload',
] as const;
export type FileOperation = (typeof fileOperations)[number];

/** A change that a command is about to make. */
export interface FileChange {
  readonly operation: FileOperation;
  /** Virtual path as the user sees it. */
  readonly path: string;
  /** Where it leads: the new name of a rename, the place of a copy. */
  readonly target?: string;
}

/** The record of one change, made or refused. It is written before the reply is sent. */
export interface FileChangeRecord extends FileChange {
  /** The verb, of SITE with its word. */
  readonly verb: string;
  readonly verdict: 'done' | 'refused';
  /** `done`; the kind of the storage's error; `refused`: by a gate or the command itself; `internal-error`. */
  readonly cause: 'done' | 'refused' | 'internal-error' | StorageErrorKind;
  /** The words of the reply. */
  readonly detail: string;
  readonly durationMs: number;
}

/** Why a session ended. */
export const sessionCauses = [
  'quit',
  'control-reset',
  'control-fin',
  'control-close-notify',
  'control-timeout',
  'control-error',
  'idle',
  'user-gone',
  'login-timeout',
  'tls-timeout',
  'tls-failed',
  'too-many-unauthenticated',
  'too-many-handshakes',
  'banned',
  'bad-commands',
  'other-protocol',
  'overflow',
  'drain',
  'ended-by-operator',
  'worker-lost',
  'internal-error',
] as const;
export type SessionCause = (typeof sessionCauses)[number];

/** How a login ended: `accepted`, or why it was refused. */
export const loginCauses = ['accepted', 'credentials', 'store-failed', 'too-many-sessions'] as const;
export type LoginCause = (typeof loginCauses)[number];

/** Why a connection got no session. */
export const refusalCauses = [
  'too-many-sessions',
  'too-many-from-address',
  'no-descriptors',
  'banned',
  'no-proxy-header',
  'no-worker',
] as const;
export type RefusalCause = (typeof refusalCauses)[number];

/** Everything a server reports. `at` is milliseconds since 1970 UTC. */
export type ServerEvent = { readonly at: number } & (
  | { readonly type: 'listening'; readonly host: string; readonly port: number; readonly mode: 'explicit' | 'implicit' }
  | {
      readonly type: 'listener-closed';
      readonly host: string;
      readonly port: number;
      readonly mode: 'explicit' | 'implicit';
    }
  | { readonly type: 'online' }
  /** The configuration was read again: names of settings that have changed, and of those that count after a restart only. */
  | {
      readonly type: 'settings-reloaded';
      readonly changed: readonly string[];
      readonly afterRestart: readonly string[];
    }
  /** The configuration was read again and cannot be: the server goes on as before. */
  | { readonly type: 'settings-refused'; readonly problems: readonly string[] }
  /** Something about the server as a whole that its operator should know. */
  | { readonly type: 'warning'; readonly text: string }
  /** Interrupted uploads: what the sweep at start, or a later one, has kept and removed. */
  | { readonly type: 'swept'; readonly kept: number; readonly removed: number; readonly bytesRemoved: number }
  | { readonly type: 'sweep-failed'; readonly error: unknown }
  | { readonly type: 'draining'; readonly sessions: number; readonly transfers: number }
  | { readonly type: 'offline' }
  /** What new control lines are shown from now on. `validUntil` is ISO 8601, UTC. */
  | { readonly type: 'tls-settings-replaced'; readonly fingerprint256: string; readonly validUntil: string }
  /** A new certificate, or other TLS settings, could not be used; the old ones stay. The message says what to do. */
  | { readonly type: 'tls-settings-refused'; readonly error: unknown }
  /** `unreported` is the number of refusals before this one that had no event, because there were too many in a second. */
  | {
      readonly type: 'connection-refused';
      readonly remoteHost: string;
      readonly remotePort: number;
      readonly cause: RefusalCause;
      readonly detail: string;
      readonly unreported: number;
    }
  /** The server bans a network by itself; `untilMs` is milliseconds since 1970 UTC. */
  | { readonly type: 'banned'; readonly network: string; readonly untilMs: number | undefined; readonly reason: string }
  /** The file of bans could not be read or written; the bans that are known stay in force. */
  | { readonly type: 'ban-list-failed'; readonly error: unknown }
  /** A process that serves sessions has begun: `worker` is its number, from 1 upwards, and `pid` that of the system. */
  | { readonly type: 'worker-started'; readonly worker: number; readonly pid: number }
  /** One has ended that should not have; its sessions are lost, and another takes its place after `restartMs`. */
  | {
      readonly type: 'worker-lost';
      readonly worker: number;
      readonly pid: number;
      readonly sessions: number;
      readonly detail: string;
      readonly restartMs: number;
    }
  /** The system could not hand a connection over; the server goes on listening. */
  | { readonly type: 'accept-failed'; readonly error: unknown }
  | ({ readonly type: 'session-opened' } & SessionIdentity)
  | ({ readonly type: 'command'; readonly text: string } & SessionIdentity)
  /** `sent` is false for a reply that only the log can show because the control connection is gone. */
  | ({
      readonly type: 'reply';
      readonly code: number;
      readonly lines: readonly string[];
      readonly sent: boolean;
    } & SessionIdentity)
  | ({
      readonly type: 'control-tls';
      readonly tls: TlsFacts;
      /** The certificate that the client has shown, if any. */
      readonly client?: { readonly subject: string; readonly fingerprint256: string; readonly isTrusted: boolean };
    } & SessionIdentity)
  | ({
      readonly type: 'data-tls';
      readonly tls: TlsFacts;
      readonly notResumed?: NotResumed | undefined;
    } & SessionIdentity)
  | ({ readonly type: 'data-peer-refused'; readonly from: string } & SessionIdentity)
  | ({
      readonly type: 'login';
      readonly name: string;
      readonly accepted: boolean;
      readonly cause: LoginCause;
      /** What an anonymous user gave as a password, a mail address by custom. */
      readonly mail?: string;
    } & SessionIdentity)
  /** A data connection failed: one record for each, also where it had no transfer yet. */
  | ({ readonly type: 'data-line-failed'; readonly line: DataLineRecord } & SessionIdentity)
  | ({ readonly type: 'transfer'; readonly transfer: TransferRecord } & SessionIdentity)
  | ({ readonly type: 'file-operation'; readonly change: FileChangeRecord } & SessionIdentity)
  | ({ readonly type: 'session-closed'; readonly cause: SessionCause; readonly detail: string } & SessionIdentity)
  | ({ readonly type: 'internal-error'; readonly reference: string; readonly error: unknown } & SessionIdentity)
);

type WithoutTime<E> = E extends unknown ? Omit<E, 'at'> : never;

/** An event before its time is put on. */
export type ServerEventBody = WithoutTime<ServerEvent>;
