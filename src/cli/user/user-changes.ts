/** Options of `twinline user` turned into a user record, on top of the record that is there already. */

import type { UserRecord } from '../../users/index.ts';
import { accountSettingsOf, parseControlLoss } from '../../users/index.ts';
import type { OptionValues } from '../define-subcommand.ts';
import { readAccountFields } from './account-fields.ts';
import { UsageError } from '../usage-error.ts';

/** A user with nothing set but the name. */
export function newUser(name: string): UserRecord {
  return { name, home: '/', readOnly: false, admin: false, disabled: false, allowedNetworks: [] };
}

function textOf(options: OptionValues, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** `yes` or `no`, for settings that must be able to go both ways. */
function yesOrNo(options: OptionValues, name: string, flag: string): boolean | undefined {
  const text = textOf(options, name);
  if (text === undefined) return undefined;
  if (text === 'yes' || text === 'no') return text === 'yes';
  throw new UsageError(`--${flag} takes yes or no; "${text}" is neither.`);
}

/** A date as in 2027-03-31 (the end of that day, UTC) or with a time, or `never`. */
function expiryOf(text: string): number | 'never' {
  if (text === 'never') return 'never';
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const time = Date.parse(isDate ? `${text}T23:59:59.999Z` : text);
  if (!Number.isNaN(time)) return time;
  throw new UsageError(`--expires takes a date such as 2027-03-31, or never; "${text}" is neither.`);
}

function networksOf(options: OptionValues): readonly string[] | undefined {
  const value = options['allow'];
  if (!Array.isArray(value)) return undefined;
  return value.includes('any') ? [] : (value as readonly string[]);
}

/** Rights, mounts and limits; what is not named stays. */
function withAccountFields(record: UserRecord, options: OptionValues): UserRecord {
  const changed = readAccountFields(
    accountSettingsOf(record),
    (name) =>
      textsOf(
        options,
        name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
      ),
    (name, rest) => new UsageError(`--${name} ${rest}`),
  );
  const old = new Set(Object.keys(accountSettingsOf(record)));
  const others = Object.fromEntries(Object.entries(record).filter(([key]) => !old.has(key)));
  return { ...(others as unknown as UserRecord), ...changed };
}

function textsOf(options: OptionValues, key: string): readonly string[] | undefined {
  const value = options[key];
  if (typeof value === 'string') return [value];
  return Array.isArray(value) && value.length > 0 ? (value as readonly string[]) : undefined;
}

/** The record with the options applied. Throws `UsageError` or `ConfigError` with one sentence. */
export function applyOptions(record: UserRecord, options: OptionValues): UserRecord {
  const { expiresMs: oldExpiry, ...others } = record;
  const rest = withAccountFields(others, options);
  const expires = textOf(options, 'expires');
  const expiry = expires === undefined ? (oldExpiry ?? 'never') : expiryOf(expires);
  const onControlLoss = textOf(options, 'onControlLoss');
  const missing = textOf(options, 'missingCloseNotify');
  if (missing !== undefined && missing !== 'refuse' && missing !== 'tolerate') {
    throw new UsageError(`--missing-close-notify takes refuse or tolerate; "${missing}" is neither.`);
  }
  return {
    ...rest,
    home: textOf(options, 'home') ?? record.home,
    readOnly: yesOrNo(options, 'readOnly', 'read-only') ?? record.readOnly,
    admin: yesOrNo(options, 'admin', 'admin') ?? record.admin,
    allowedNetworks: networksOf(options) ?? record.allowedNetworks,
    ...(expiry === 'never' ? {} : { expiresMs: expiry }),
    ...(onControlLoss === undefined ? {} : { onControlLoss: parseControlLoss(onControlLoss) }),
    ...(missing === undefined ? {} : { missingCloseNotify: missing }),
  };
}
