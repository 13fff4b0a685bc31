/**
 * The state of a session: small independent tables and one list of joint rules.
 *
 * A session is in one state of each table at a time. An event moves every table that has an entry for it; a table
 * that knows the event only from other states makes it illegal (`machine.ts`). What one event does to several tables
 * at once stands in `jointRules`, with its clause. Server and client run these same tables; `docs/session-state.md` is
 * drawn from them.
 */

import type { SessionEvent } from './events.ts';

/** RFC 959 section 5.4 (login), with `locked` for a session that may not try again. */
export type LoginState = 'greeted' | 'named' | 'in' | 'locked';
/** RFC 4217 sections 4 and 5; `cleared` is in clear behind CCC, and has no way back to TLS. */
export type SecurityState = 'plain' | 'upgrading' | 'tls' | 'cleared';
/** RFC 2228 section 3 (PBSZ, PROT), RFC 4217 section 9. */
export type ProtectionState = 'unset' | 'buffer-set' | 'clear' | 'private';
/** RFC 959 section 3.2. */
export type DataState = 'none' | 'listening' | 'address-given' | 'open' | 'transferring' | 'aborting';
/** Pairs of commands: RNFR/RNTO (RFC 959 section 4.1.3) and REST (RFC 3659 section 5). */
export type PendingState = 'none' | 'rename-source' | 'restart-offset';
/** RFC 2428 section 4: EPSV ALL. */
export type OpenersState = 'any' | 'epsv-only';

/** The state of a session: one state per table. */
export interface SessionState {
  readonly login: LoginState;
  readonly security: SecurityState;
  readonly protection: ProtectionState;
  readonly data: DataState;
  readonly pending: PendingState;
  readonly openers: OpenersState;
}

type Moves<State extends string> = { readonly [Event in SessionEvent]?: { readonly [From in State]?: State } };

/** One table per field of `SessionState`: event, then from-state, then to-state. */
export const stateTables: { readonly [Table in keyof SessionState]: Moves<SessionState[Table]> } = {
  login: {
    'user-named': { greeted: 'named', named: 'named', in: 'named' },
    'login-accepted': { greeted: 'in', named: 'in' },
    'login-refused': { greeted: 'greeted', named: 'greeted' },
    'session-reinitialised': { greeted: 'greeted', named: 'greeted', in: 'greeted' },
    'login-locked': { greeted: 'locked', named: 'locked', in: 'locked', locked: 'locked' },
  },
  security: {
    'auth-accepted': { plain: 'upgrading' },
    'tls-established': { plain: 'tls', upgrading: 'tls' },
    'security-cleared': { tls: 'cleared' },
    'tls-dropped': { tls: 'plain' },
  },
  protection: {
    'buffer-size-set': { unset: 'buffer-set', 'buffer-set': 'buffer-set', clear: 'clear', private: 'private' },
    'protection-clear-set': { 'buffer-set': 'clear', clear: 'clear', private: 'clear' },
    'protection-private-set': { 'buffer-set': 'private', clear: 'private', private: 'private' },
  },
  data: {
    'passive-opened': { none: 'listening', listening: 'listening', 'address-given': 'listening', open: 'listening' },
    'address-given': {
      none: 'address-given',
      listening: 'address-given',
      'address-given': 'address-given',
      open: 'address-given',
    },
    'data-connected': { listening: 'open', 'address-given': 'open', transferring: 'transferring' },
    'transfer-started': { listening: 'transferring', 'address-given': 'transferring', open: 'transferring' },
    'abort-requested': { transferring: 'aborting', aborting: 'aborting' },
    'data-closed': {
      none: 'none',
      listening: 'none',
      'address-given': 'none',
      open: 'none',
      transferring: 'none',
      aborting: 'none',
    },
  },
  pending: {
    'rename-source-given': {
      none: 'rename-source',
      'rename-source': 'rename-source',
      'restart-offset': 'rename-source',
    },
    'restart-given': { none: 'restart-offset', 'rename-source': 'restart-offset', 'restart-offset': 'restart-offset' },
    'pending-consumed': { none: 'none', 'rename-source': 'none', 'restart-offset': 'none' },
  },
  openers: {
    'epsv-all-accepted': { any: 'epsv-only', 'epsv-only': 'epsv-only' },
  },
};

/** One rule that ties tables together. */
export interface JointRule {
  readonly event: SessionEvent;
  readonly sets: Partial<SessionState>;
  readonly clause: string;
  readonly why: string;
}

/** All joint rules. They are applied after the tables have moved. */
export const jointRules: readonly JointRule[] = [
  {
    event: 'tls-established',
    sets: { login: 'greeted', protection: 'unset', pending: 'none', data: 'none' },
    clause: 'RFC 2228 section 3 (AUTH), RFC 4217 section 4.2',
    why: 'What was agreed in clear may have been written by somebody else, so nothing of it survives the upgrade.',
  },
  {
    event: 'session-reinitialised',
    sets: { protection: 'unset', pending: 'none', data: 'none' },
    clause: 'RFC 959 section 4.1.1 (REIN), RFC 4217 sections 9 and 13',
    why: 'The session begins anew, but EPSV ALL holds until it ends (RFC 2428 section 4).',
  },
  {
    event: 'user-named',
    sets: { pending: 'none' },
    clause: 'RFC 959 section 4.1.1 (USER)',
    why: 'USER flushes what the user before had begun.',
  },
  {
    event: 'transfer-started',
    sets: { pending: 'none' },
    clause: 'RFC 3659 section 5.3',
    why: 'The restart offset belongs to the one transfer that follows it.',
  },
  {
    event: 'control-lost',
    sets: { data: 'none', pending: 'none', login: 'locked' },
    clause: 'RFC 959 section 3.2, condition 4',
    why: 'The data connection has the fate of the control connection.',
  },
];

/**
 * States that nothing leaves, whatever a joint rule sets: TLS does not unlock a session that may not log in any more.
 */
export const finalStates: Partial<SessionState> = { login: 'locked', security: 'cleared', openers: 'epsv-only' };

/** The state in which a session begins in clear; implicit TLS begins with `tls-established` and private data. */
export const initialState: SessionState = {
  login: 'greeted',
  security: 'plain',
  protection: 'unset',
  data: 'none',
  pending: 'none',
  openers: 'any',
};
