/** `twinline config check`: looks at everything that a start would need, opens no port and makes nothing. */

import { constants, existsSync } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ConfigError } from '../../errors/index.ts';
import { errorCode, fileProblem } from '../file-problem.ts';
import type { Problems } from '../problems.ts';
import { loadTls, readClientCertificates } from '../serve/load-tls.ts';
import { openHttpHook } from '../serve/open-users.ts';
import { findServiceUser } from '../serve/service/drop-privileges.ts';
import type { ServeSettings } from '../serve/settings.ts';
import { checkAcme } from './check-acme.ts';
import { checkObservers } from './check-observers.ts';
import { checkProgram } from './check-program.ts';

/** What is wrong with what the settings point to goes to `problems`; what a person should know is returned. */
export async function checkSurroundings(settings: ServeSettings, problems: Problems): Promise<readonly string[]> {
  const warnings: (string | undefined)[] = [];
  const { certificates, root, usersDb } = settings;
  // Without certificates of its own this would make one.
  if (certificates.length > 0) {
    const loaded = await problems.attemptAsync(() => loadTls(settings));
    warnings.push(...(loaded?.warnings ?? []));
  } else await problems.attemptAsync(() => readClientCertificates(settings));
  if (root !== undefined) {
    warnings.push(await problems.attemptAsync(() => checkFolder(`The root ${root}`, root, settings.readOnly)));
  }
  for (const [name, folder] of settings.storages) {
    const what = `The storage ${name} (${folder})`;
    warnings.push(await problems.attemptAsync(() => checkFolder(what, folder, settings.readOnly)));
  }
  warnings.push(...mountsWithoutStorage(settings));
  await checkUserHooks(settings, problems);
  await checkObservers(settings, problems);
  await checkAcme(settings, problems);
  const { runAs } = settings;
  if (runAs !== undefined) await problems.attemptAsync(() => findServiceUser(runAs));
  if (usersDb !== undefined) problems.attempt(() => checkUsersDb(usersDb));
  problems.attempt(() => checkBans(join(settings.dataDir, 'bans.db')));
  if (needsDataFolder(settings)) await problems.attemptAsync(() => checkDataFolder(settings.dataDir));
  return warnings.filter((warning) => warning !== undefined);
}

function needsDataFolder({ tls, certificates, root, users, usersDb }: ServeSettings): boolean {
  return (
    (tls !== 'off' && certificates.length === 0) || root === undefined || (users.length === 0 && usersDb === undefined)
  );
}

function problem(message: string, cause: unknown): ConfigError {
  return new ConfigError('ERR_TWINLINE_CONFIG', message, { cause });
}

/** Resolves with a warning when files can be read there and not written. */
async function checkFolder(what: string, root: string, readOnly: boolean): Promise<string | undefined> {
  let isFolder: boolean;
  try {
    isFolder = (await stat(root)).isDirectory();
    await access(root, constants.R_OK | constants.X_OK);
  } catch (error) {
    throw problem(`${what} cannot be served: ${fileProblem(error)}.`, error);
  }
  if (!isFolder) throw problem(`${what} cannot be served: it is not a folder.`, undefined);
  if (readOnly) return undefined;
  return access(root, constants.W_OK).then(
    () => undefined,
    () => `This user has no right to write in ${lowerFirst(what)}: uploads will be refused there.`,
  );
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** A mount is looked up at the login, which fails then. */
function mountsWithoutStorage({ users, storages }: ServeSettings): readonly string[] {
  return users.flatMap(({ name, mounts = [] }) =>
    mounts
      .filter(({ storage }) => storage !== undefined && !storages.has(storage))
      .map(({ path, storage }) => `${name} has the mount ${path} of a storage "${storage}", and none has that name.`),
  );
}

async function checkUserHooks({ httpHook, programHook }: ServeSettings, problems: Problems): Promise<void> {
  if (httpHook !== undefined) await problems.attemptAsync(async () => (await openHttpHook(httpHook)).close());
  const program = programHook?.command[0];
  if (program !== undefined) await problems.attemptAsync(() => checkProgram(program, 'users-program: the program'));
}

function checkBans(file: string): void {
  if (!existsSync(file)) return;
  try {
    using database = new DatabaseSync(file, { readOnly: true });
    database.prepare('SELECT count(*) FROM bans').get();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw problem(`The ban list ${file} cannot be read: ${reason}; take it away to begin with none.`, error);
  }
}

function checkUsersDb(file: string): void {
  try {
    using database = new DatabaseSync(file, { readOnly: true });
    database.prepare('SELECT count(*) FROM users').get();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw problem(`The user database ${file} cannot be read: ${reason}; twinline user add NAME --db makes one.`, error);
  }
}

/** The folder itself, or the nearest one above it that is there, must be writable. */
async function checkDataFolder(folder: string, asked: string = folder): Promise<void> {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const parent = dirname(folder);
    if (errorCode(error) === 'ENOENT' && parent !== folder) return checkDataFolder(parent, asked);
    const message = `${asked} cannot be made or written: ${fileProblem(error)}; choose another folder with data-dir.`;
    throw problem(message, error);
  }
}
