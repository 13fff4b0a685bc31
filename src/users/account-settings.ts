/** What may be set for each user, in the one shape that all stores share, and how a store outside gives it as JSON. */

import { ConfigError } from '../errors/index.ts';
import { maxMounts, type Mount, parseMounts, serialiseMount } from './account/mounts.ts';
import { isVirtualPath, maxPathRules, type PathRule, parsePathRules, serialisePathRule } from './account/rights.ts';
import { parseControlLoss, serialiseControlLoss } from './control-loss-policy.ts';
import type { UserAccount } from './user-store.ts';

/** Rights, mounts and limits of one user. What is absent is not limited, or as the server has it. */
export interface AccountSettings {
  /** Without any: everything, or `list` and `read` for a user who may only read. */
  readonly rights?: readonly PathRule[];
  readonly mounts?: readonly Mount[];
  /** Bytes of all that lies in the home, interrupted uploads included, mounts not. */
  readonly quotaBytes?: number;
  /** Files and folders in the home. */
  readonly quotaFiles?: number;
  /** Bytes per second of all uploads of this user together. */
  readonly rateUp?: number;
  /** The same for downloads. */
  readonly rateDown?: number;
  /** Sessions at once. */
  readonly maxSessions?: number;
  /** Time without a command after which a session ends; default: the server's. */
  readonly idleTimeoutMs?: number;
}

const settingNames = [
  ...['rights', 'mounts', 'quotaBytes', 'quotaFiles', 'rateUp', 'rateDown', 'maxSessions', 'idleTimeoutMs'],
] as readonly (keyof AccountSettings)[];

/** The settings of this page alone, without those that are absent. */
export function accountSettingsOf(from: AccountSettings): AccountSettings {
  return Object.fromEntries(
    settingNames.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]),
  ) as AccountSettings;
}

/** A user as JSON, as `twinline user list --json` shows it and as a hook answers; rules and mounts are texts. */
export interface AccountJson {
  readonly home?: string;
  readonly readOnly?: boolean;
  readonly admin?: boolean;
  /** `abort`, `finish` or `grace:SECONDS`. */
  readonly onControlLoss?: string;
  readonly missingCloseNotify?: 'refuse' | 'tolerate';
  readonly rights?: readonly string[];
  readonly mounts?: readonly string[];
  readonly quotaBytes?: number;
  readonly quotaFiles?: number;
  readonly rateUp?: number;
  readonly rateDown?: number;
  readonly maxSessions?: number;
  /** Seconds. */
  readonly idleTimeout?: number;
}

async function accountSchema() {
  const { z } = await import('zod');
  const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
  return z.strictObject({
    home: z.string().refine(isVirtualPath, 'must be an absolute path without "." and ".."').default('/'),
    readOnly: z.boolean().default(false),
    admin: z.boolean().optional(),
    onControlLoss: z.string().optional(),
    missingCloseNotify: z.enum(['refuse', 'tolerate']).optional(),
    rights: z.array(z.string()).max(maxPathRules).optional(),
    mounts: z.array(z.string()).max(maxMounts).optional(),
    quotaBytes: count.optional(),
    quotaFiles: count.optional(),
    rateUp: count.min(1).optional(),
    rateDown: count.min(1).optional(),
    maxSessions: count.min(1).optional(),
    idleTimeout: z.number().min(1).max(86_400).optional(),
  });
}

/**
 * The account that a JSON object from outside describes. Rejects with `ConfigError`, whose message names the key and goes
 * on behind `where`, for example `The answer of the hook`.
 */
export async function parseAccount(name: string, value: unknown, where: string): Promise<UserAccount> {
  const schema = await accountSchema();
  const result = schema.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    const strange = issue?.code === 'unrecognized_keys';
    const key = strange ? issue.keys.join('", "') : issue?.path.join('.');
    const why = strange ? ' is no setting of a user' : `: ${issue?.message ?? 'is wrong'}`;
    throw new ConfigError('ERR_TWINLINE_CONFIG', `${where}: "${key}"${why}.`);
  }
  const { onControlLoss, rights, mounts, idleTimeout, ...rest } = result.data;
  const account = {
    ...rest,
    name,
    ...(onControlLoss === undefined ? {} : { onControlLoss: parseControlLoss(onControlLoss) }),
    ...(rights === undefined ? {} : { rights: parsePathRules(rights) }),
    ...(mounts === undefined ? {} : { mounts: parseMounts(mounts) }),
    ...(idleTimeout === undefined ? {} : { idleTimeoutMs: Math.round(idleTimeout * 1000) }),
  };
  return Object.fromEntries(Object.entries(account).filter(([, one]) => one !== undefined)) as unknown as UserAccount;
}

/** An account, or a record of a store that has more, as JSON; what is absent stays absent. */
export function accountJson(account: Omit<UserAccount, 'name'>): AccountJson {
  const { home, readOnly, admin, onControlLoss, missingCloseNotify } = account;
  const { rights, mounts, idleTimeoutMs, ...numbers } = accountSettingsOf(account);
  return {
    home,
    readOnly,
    ...(admin === undefined ? {} : { admin }),
    ...(onControlLoss === undefined ? {} : { onControlLoss: serialiseControlLoss(onControlLoss).replace(' ', ':') }),
    ...(missingCloseNotify === undefined ? {} : { missingCloseNotify }),
    ...(rights === undefined ? {} : { rights: rights.map(serialisePathRule) }),
    ...(mounts === undefined ? {} : { mounts: mounts.map(serialiseMount) }),
    ...numbers,
    ...(idleTimeoutMs === undefined ? {} : { idleTimeout: idleTimeoutMs / 1000 }),
  };
}
