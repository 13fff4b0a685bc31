/** Goes on as another user once the ports that need root are open (`--run-as USER[:GROUP]`). */

import { execFileSync } from 'node:child_process';
import { chown, mkdir, readFile, stat } from 'node:fs/promises';
import { ConfigError } from '../../../errors/index.ts';
import { fileProblem } from '../../file-problem.ts';

/** Who the server goes on as. */
export interface ServiceUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

function configError(message: string, cause?: unknown): ConfigError {
  return new ConfigError('ERR_TWINLINE_CONFIG', message, cause === undefined ? {} : { cause });
}

/** Finds the user of `USER` or `USER:GROUP`. Throws `ConfigError` that says what is wrong. */
export async function findServiceUser(text: string): Promise<ServiceUser> {
  const [user = '', group] = text.split(':', 2);
  const known = (await userOfFile(user)) ?? userOfDirectory(user);
  if (known === undefined) throw configError(`--run-as names "${user}", and this machine has no such user.`);
  const gid = group === undefined ? known.gid : await groupId(group);
  if (gid === undefined) throw configError(`--run-as names the group "${group}", and this machine has no such group.`);
  if (known.uid === 0)
    throw configError('--run-as must name a user other than root: the server would keep every right.');
  return { ...known, gid };
}

async function fieldsOf(file: string, name: string): Promise<readonly string[] | undefined> {
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').map((line) => line.split(':'));
  return lines.find((fields) => fields[0] === name || (/^\d+$/.test(name) && fields[2] === name));
}

async function userOfFile(name: string): Promise<ServiceUser | undefined> {
  const fields = await fieldsOf('/etc/passwd', name);
  if (fields === undefined) return undefined;
  const [found = name, , uid, gid, , home = '/'] = fields;
  return { name: found, uid: Number(uid), gid: Number(gid), home };
}

/** Users of a directory service stand in no file; the system's own program finds them. */
function userOfDirectory(name: string): ServiceUser | undefined {
  const id = (flag: string): string =>
    execFileSync('id', [flag, '--', name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return { name: id('-un'), uid: Number(id('-u')), gid: Number(id('-g')), home: '/' };
  } catch {
    return undefined;
  }
}

async function groupId(name: string): Promise<number | undefined> {
  const gid = (await fieldsOf('/etc/group', name))?.[2];
  return gid === undefined ? undefined : Number(gid);
}

/** The data folder belongs to the user from its making on; one that is there is left to its owner. Throws `ConfigError`. */
export async function giveDataFolder(folder: string, { uid, gid, name }: ServiceUser): Promise<void> {
  try {
    const made = await mkdir(folder, { recursive: true, mode: 0o700 });
    if (made !== undefined) await chown(folder, uid, gid);
    const { uid: owner } = await stat(folder);
    if (owner === uid) return;
  } catch (error) {
    throw configError(`${folder} cannot be made for ${name}: ${fileProblem(error)}.`, error);
  }
  throw configError(`${folder} does not belong to ${name}, whom --run-as names: chown -R ${name} ${folder}`);
}

/**
 * Gives up the rights of root for good: groups, group and user. Throws `ConfigError` where the system does not let it, and
 * an error that must end the process where root could be had back.
 */
export function dropPrivileges({ name, uid, gid, home }: ServiceUser): void {
  if (process.getuid?.() !== 0) {
    throw configError('--run-as needs the rights of root to give them up: start the server as root, or leave it out.');
  }
  try {
    // Not among the types of Node, and there since 0.9.
    (process as unknown as { initgroups?(user: string, group: number): void }).initgroups?.(name, gid);
    process.setgid?.(gid);
    process.setuid?.(uid);
  } catch (error) {
    throw configError(`The server cannot go on as ${name}: ${fileProblem(error)}.`, error);
  }
  if (hasWayBack()) throw new Error('The rights of root could be had back after they were given up.');
  Object.assign(process.env, { HOME: home, USER: name, LOGNAME: name });
}

function hasWayBack(): boolean {
  try {
    process.setuid?.(0);
    return true;
  } catch {
    return process.geteuid?.() === 0 || process.getegid?.() === 0;
  }
}
