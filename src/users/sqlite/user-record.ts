/** A user as the database keeps it, and as the server sees it. */

import { type AccountSettings, accountSettingsOf } from '../account-settings.ts';
import { parseControlLoss } from '../control-loss-policy.ts';
import type { ControlLossPolicy, MissingCloseNotifyPolicy, UserAccount } from '../user-store.ts';

/** Everything about a user but the password. Times are milliseconds since 1970 UTC. */
export interface UserRecord extends AccountSettings {
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
  /** `AccountSettings` as JSON. */
  readonly settings: string;
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
    ...accountSettingsOf(JSON.parse(row.settings) as AccountSettings),
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
    ...accountSettingsOf(record),
  };
}
