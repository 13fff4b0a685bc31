/** Makes ready what the server stands on: certificate, storage and users. What may fail comes before what leaves traces. */

import { join } from 'node:path';
import { ConfigError } from '../../errors/index.ts';
import { BanList } from '../../server/index.ts';
import { createLocalStorage, type LocalStorage } from '../../storage/index.ts';
import type { MemoryUser, Secret, UserStore } from '../../users/index.ts';
import { ServeAcme } from './acme/serve-acme.ts';
import { DataFolder } from './data-folder.ts';
import { type LoadedTls, loadTls } from './load-tls.ts';
import { needsDemoUser, openUsers } from './open-users.ts';
import type { ServeSettings } from './settings.ts';

/** The foundations of one server. */
export interface Foundations extends PreparedUsers, PreparedTls {
  readonly storage: LocalStorage;
  /** Those that mounts can name. */
  readonly storages: ReadonlyMap<string, LocalStorage>;
  readonly bans: BanList;
  /** Absolute path of the folder that is served. */
  readonly root: string;
  /** A file in `root` that can be fetched, undefined when it is the operator's folder. */
  readonly exampleFile: string | undefined;
  readonly warnings: readonly string[];
}

/** What a reload makes anew of the users. */
export interface PreparedUsers {
  readonly users: UserStore;
  readonly userNames: readonly string[];
  /** The generated user, undefined when the operator gave users. */
  readonly demo: { readonly name: string; readonly password: Secret } | undefined;
}

/** What a reload reads anew of certificates and authorities. */
export interface PreparedTls {
  /** Undefined when TLS is off. */
  readonly tls: LoadedTls | undefined;
  /** Orders and renews the certificate, once it is started. */
  readonly acme: ServeAcme | undefined;
}

/** Reads what was given, before anything is made; `tls` is undefined where a certificate must be. Throws `ConfigError`. */
export async function readGivenTls(settings: ServeSettings): Promise<PreparedTls> {
  const acme = settings.acme && (await ServeAcme.open(settings.acme, settings.dataDir));
  const ordered = acme?.certificate;
  const makesOwn = settings.certificates.length === 0 && ordered === undefined;
  return { acme, tls: makesOwn ? undefined : await loadTls(settings, ordered) };
}

/** What was given, or the self-made certificate where none was. Throws `ConfigError` with one sentence. */
export async function prepareTls(settings: ServeSettings, { acme, tls }: PreparedTls): Promise<PreparedTls> {
  return { acme, tls: tls ?? (await loadTls(settings)) };
}

/** The users that the settings name, or the demo user. Throws `ConfigError` with one sentence. */
export async function prepareUsers(settings: ServeSettings): Promise<PreparedUsers> {
  const { readOnly, admins } = settings;
  const demo = needsDemoUser(settings) ? await new DataFolder(settings.dataDir).demoUser(readOnly) : undefined;
  const named: readonly MemoryUser[] = demo === undefined ? settings.users : [demo];
  const users = named.map((user) => ({ ...user, admin: user.admin === true || admins.includes(user.name) }));
  return { ...(await openUsers(settings, users)), demo };
}

/** `given` is what `readGivenTls` has read. Throws `ConfigError` with one sentence; nothing half-made is left behind. */
export async function prepareFoundations(settings: ServeSettings, given?: PreparedTls): Promise<Foundations> {
  const read = given ?? (await readGivenTls(settings));
  const givenStorage = settings.root === undefined ? undefined : await openStorage(settings, settings.root);
  const storages = new Map<string, LocalStorage>();
  try {
    for (const [name, folder] of settings.storages)
      storages.set(name, await openStorage(settings, folder, `--storage ${name}=FOLDER`));
    const { tls, acme } = await prepareTls(settings, read);
    const users = await prepareUsers(settings);
    const root = settings.root ?? (await new DataFolder(settings.dataDir).files());
    const storage = givenStorage ?? (await openStorage(settings, root));
    return {
      storage,
      storages,
      bans: new BanList({ file: join(settings.dataDir, 'bans.db') }),
      root,
      ...users,
      tls,
      acme,
      exampleFile: settings.root === undefined ? 'readme.txt' : undefined,
      warnings: warningsAbout(settings, storage, tls),
    };
  } catch (error) {
    await givenStorage?.close();
    for (const storage of storages.values()) await storage.close();
    throw error;
  }
}

export async function closeStorages({ storage, storages }: Pick<Foundations, 'storage' | 'storages'>): Promise<void> {
  await storage.close();
  for (const one of storages.values()) await one.close();
}

/** `option` is what names the folder, for the sentence that refuses it. */
export async function openStorage(
  { durability }: ServeSettings,
  root: string,
  option = '--root',
): Promise<LocalStorage> {
  try {
    return await createLocalStorage({ root, durability });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const message = `${error.message.replace(/\.$/, '')}; name a folder that this process may read with ${option}.`;
    throw new ConfigError(error.code, message, { cause: error });
  }
}

function isOwnMachine(host: string): boolean {
  return /^(127\.|::1$|localhost$)/.test(host);
}

function warningsAbout(settings: ServeSettings, storage: LocalStorage, tls: LoadedTls | undefined): readonly string[] {
  const warnings = [...(tls?.warnings ?? [])];
  const isOpen = settings.listeners.some(({ host }) => !isOwnMachine(host));
  if (isOpen && settings.tls !== 'required') {
    warnings.push(
      'Passwords and files may travel in clear for anyone on the way to read, because --tls is not "required".',
    );
  }
  if (settings.metrics !== undefined && !isOwnMachine(settings.metrics.host)) {
    warnings.push('The numbers of --metrics are for everyone who can reach that address: they need no password.');
  }
  const hook = settings.httpHook && new URL(settings.httpHook.url);
  if (hook?.protocol === 'http:' && !isOwnMachine(hook.hostname)) {
    warnings.push(`Passwords travel in clear to ${hook.host}, because the URL of users-http is not one of https:.`);
  }
  if (storage.pathCheck === 'realpath') {
    warnings.push(
      'There is no /proc here, so links are checked by name: let nobody else rename folders inside the root.',
    );
  }
  return warnings;
}
