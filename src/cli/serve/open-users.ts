/** Opens every place where users are looked up, and makes one store of them. */

import { existsSync } from 'node:fs';
import { ConfigError } from '../../errors/index.ts';
import {
  chainUserStores,
  createAnonymousUserStore,
  createHttpUserStore,
  createMemoryUserStore,
  createProgramUserStore,
  type MemoryUser,
  openSqliteUserStore,
  readOnlyUserStore,
  Secret,
  type UserStore,
} from '../../users/index.ts';
import { readSmallFile } from './read-small-file.ts';
import type { HttpHook } from './read/user-stores.ts';
import type { ServeSettings } from './settings.ts';

export interface OpenedUsers {
  readonly users: UserStore;
  /** Some of the names, for the first screen. */
  readonly userNames: readonly string[];
}

/** The first screen names this many users of a database at most. */
const maxNamedUsers = 8;

/** Whether a user has to be made up, so that somebody can log in. */
export function needsDemoUser(settings: ServeSettings): boolean {
  const { users, usersDb, httpHook, programHook, anonymous } = settings;
  return users.length === 0 && [usersDb, httpHook, programHook, anonymous].every((place) => place === undefined);
}

/** `named` are the users of the configuration, or the demo user. Throws `ConfigError` with one sentence. */
export async function openUsers(settings: ServeSettings, named: readonly MemoryUser[]): Promise<OpenedUsers> {
  const stores: UserStore[] = [];
  const userNames: string[] = [];
  try {
    const isAlone = [settings.usersDb, settings.httpHook, settings.programHook].every((place) => place === undefined);
    if (settings.anonymous !== undefined) {
      stores.push(createAnonymousUserStore(settings.anonymous));
    }
    if (named.length > 0 || isAlone) {
      stores.push(createMemoryUserStore({ users: named, hashesAlways: settings.usersDb !== undefined }));
      userNames.push(...named.map(({ name }) => name));
    }
    if (settings.usersDb !== undefined) {
      const { store, names } = openUsersDb(settings.usersDb);
      stores.push(store);
      userNames.push(...names);
    }
    if (settings.programHook !== undefined) stores.push(createProgramUserStore(settings.programHook));
    if (settings.httpHook !== undefined) stores.push(await openHttpHook(settings.httpHook));
    if (settings.anonymous !== undefined) userNames.push('anonymous');
  } catch (error) {
    for (const store of stores) await store.close();
    throw error;
  }
  const [first, ...others] = stores;
  if (first === undefined) throw new RangeError('no user store');
  const users = others.length === 0 ? first : chainUserStores([first, ...others]);
  return { users: settings.readOnly ? readOnlyUserStore(users) : users, userNames };
}

function openUsersDb(file: string): { readonly store: UserStore; readonly names: readonly string[] } {
  if (!existsSync(file)) {
    const message = `There is no user database ${file}; make one with: twinline user add NAME --db ${file}`;
    throw new ConfigError('ERR_TWINLINE_CONFIG', message);
  }
  const store = openSqliteUserStore(file);
  const names = store.list().map(({ name }) => name);
  return { store, names: names.slice(0, maxNamedUsers) };
}

/** Asks nobody yet. Throws `ConfigError` when its files cannot be used. */
export async function openHttpHook({
  url,
  headers,
  secretFile,
  secretEnv,
  caFile,
  ...limits
}: HttpHook): Promise<UserStore> {
  const ca = caFile === undefined ? undefined : await readSmallFile(caFile, 'The certificates of the user hook');
  const secret = await secretOf(secretFile, secretEnv);
  return createHttpUserStore({
    url,
    headers,
    ...limits,
    ...(ca === undefined ? {} : { ca }),
    ...(secret === undefined ? {} : { secret: new Secret(secret) }),
  });
}

async function secretOf(file: string | undefined, variable: string | undefined): Promise<string | undefined> {
  if (file === undefined && variable === undefined) return undefined;
  const text =
    file === undefined
      ? process.env[variable ?? '']
      : (await readSmallFile(file, 'The secret of the user hook')).split(/\r?\n/, 1)[0];
  if (text !== undefined && text !== '') return text;
  const place = file === undefined ? `The environment variable ${variable}` : `The first line of ${file}`;
  const message = `${place} is empty, and the secret of the user hook should stand there.`;
  throw new ConfigError('ERR_TWINLINE_CONFIG', message);
}
