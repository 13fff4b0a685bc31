/** A user as the database keeps it, and as the server sees it. */

import { ConfigError } from '../../errors/index.ts';
import type { ControlLossPolicy, MissingCloseNotifyPolicy, UserAccount } from '../user-store.ts';

/** Everything about a user but the password. Times are milliseconds since 1970 UTC. */
export interface UserRecord {
  readonly name: string;
  readonly home: string;
  readonly readOnly: boolean;
  readonly admin: boolean;
  readonly disabled: boolean;
  /** No login from then on. */
  readonly expiresMs?: number;
  /** Addresses and networks in CIDR form that logins may come from; empty for any. */
  readonly allowedNetworks: readonly string[];
  readonly onControlLoss?: ControlLossPolicy;
  readonly missingCloseNotify?: MissingCloseNotifyPolicy;
}

/** A row of the table `users`. */
export interface UserRow {
  readonly name: string;
  readonly password_hash: string;
  readonly home: string;
  readonly read_only: number;
  readonly admin: number;
  readonly disabled: number;
  readonly expires_ms: number | null;
  readonly allowed_networks: string;
  readonly on_control_loss: string | null;
  readonly missing_close_notify: string | null;
}

export function serialiseControlLoss(policy: ControlLossPolicy): string {
  return typeof policy === 'string' ? policy : `grace ${policy.graceMs / 1000}`;
}

/** `abort`, `finish` or `grace:SECONDS`, with a space in place of the colon as well; throws `ConfigError` otherwise. */
export function parseControlLoss(text: string): ControlLossPolicy {
  if (text === 'abort' || text === 'finish') return text;
  const seconds = /^grace[: ](\d{1,6}(?:\.\d{1,3})?)$/.exec(text)?.[1];
  if (seconds !== undefined) return { graceMs: Math.round(Number(seconds) * 1000) };
  throw new ConfigError('ERR_TWINLINE_CONFIG', `"${text}" is not abort, finish or grace:SECONDS.`);
}

export function recordOfRow(row: UserRow): UserRecord {
  return {
    name: row.name,
    home: row.home,
    readOnly: row.read_only === 1,
    admin: row.admin === 1,
    disabled: row.disabled === 1,
    ...(row.expires_ms === null ? {} : { expiresMs: row.expires_ms }),
    allowedNetworks: row.allowed_networks === '' ? [] : row.allowed_networks.split(' '),
    ...(row.on_control_loss === null ? {} : { onControlLoss: parseControlLoss(row.on_control_loss) }),
    ...(row.missing_close_notify === null
      ? {}
      : { missingCloseNotify: row.missing_close_notify === 'tolerate' ? 'tolerate' : 'refuse' }),
  };
}

export function accountOf(record: UserRecord): UserAccount {
  return {
    name: record.name,
    home: record.home,
    readOnly: record.readOnly,
    ...(record.admin ? { admin: true } : {}),
    ...(record.onControlLoss === undefined ? {} : { onControlLoss: record.onControlLoss }),
    ...(record.missingCloseNotify === undefined ? {} : { missingCloseNotify: record.missingCloseNotify }),
  };
}
