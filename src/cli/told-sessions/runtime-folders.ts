/** Where running programs of Twinline can be asked for their sessions: a folder for each user, for nobody else to write in. */

import { lstatSync, mkdirSync, readdirSync, type Stats } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';

const name = 'twinline';

/**
 * The folder of this process: below `$RUNTIME_DIRECTORY` (of a service manager), `$XDG_RUNTIME_DIR`, or the one for temporary files.
 */
export function ownRuntimeFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const ofService = environment['RUNTIME_DIRECTORY']?.split(':')[0] ?? '';
  if (isAbsolute(ofService)) return ofService;
  const ofUser = environment['XDG_RUNTIME_DIR'] ?? '';
  return isAbsolute(ofUser) ? join(ofUser, name) : join(tmpdir(), `${name}-${process.getuid?.() ?? 0}`);
}

/** Makes the folder. False where it cannot be had, or belongs to somebody else. */
export function makeRuntimeFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const stats = lstatSync(folder);
    return stats.isDirectory() && stats.uid === process.getuid?.() && (stats.mode & 0o022) === 0;
  } catch {
    return false;
  }
}

/** Folders in which programs may be found: the own one, and those of services and other users as far as they can be read. */
export function runtimeFolders(): readonly string[] {
  const others = ['/run/twinline', ...childrenOf('/run/user').map((folder) => join(folder, name))];
  const temporary = childrenOf(tmpdir()).filter((path) => /\/twinline-\d+$/.test(path));
  return [...new Set([ownRuntimeFolder(), ...others, ...temporary])];
}

function childrenOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder).map((child) => join(folder, child));
  } catch {
    return [];
  }
}

/** The socket of a process in a folder. */
export function socketPath(folder: string, pid: number): string {
  return join(folder, `${pid}.sock`);
}

/** The sockets of a folder with the processes that they are of; whose they are is for the caller to look at. */
export function socketsIn(
  folder: string,
): readonly { readonly path: string; readonly pid: number; readonly stats: Stats }[] {
  return childrenOf(folder).flatMap((path) => {
    const [, pid] = /\/(\d{1,10})\.sock$/.exec(path) ?? [];
    try {
      return pid === undefined ? [] : [{ path, pid: Number(pid), stats: lstatSync(path) }];
    } catch {
      return [];
    }
  });
}
