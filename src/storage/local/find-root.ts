/** Finds the root folder at the start of a storage and how paths can be checked on this machine. */

import fs from 'node:fs';

import { ConfigError } from '../../errors/index.ts';
import { ConfinedRoot, type PathCheck } from './confined-root.ts';
import { access, Descriptors, fstat, lstat, openFlags, placeOf, realpath } from './descriptors.ts';
import { errnoOf } from './errno.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'it is not a folder',
  EACCES: 'its permissions do not let this process read it',
  EPERM: 'its permissions do not let this process read it',
  ELOOP: 'its links lead nowhere',
};

/** Opens the root; throws `ConfigError`, whose message names the folder for the operator, when it cannot serve. */
export async function findRoot(root: string, wanted: PathCheck | undefined): Promise<ConfinedRoot> {
  const descriptors = new Descriptors();
  try {
    const real = await realpath(root);
    const fd = await descriptors.open(real, openFlags.folder);
    try {
      await access(real, fs.constants.R_OK | fs.constants.X_OK);
      return new ConfinedRoot(real, wanted ?? (await bestCheck(fd, real)), descriptors);
    } finally {
      await descriptors.close(fd);
    }
  } catch (error) {
    const code = errnoOf(error);
    if (code === undefined) throw error;
    const message = `The folder ${JSON.stringify(root)} cannot be served: ${reasons[code] ?? `the system says ${code}`}.`;
    throw new ConfigError('ERR_TWINLINE_CONFIG', message, { cause: error });
  }
}

/** `descriptor` where `/proc/self/fd` tells the truth about an open folder and leads into it. */
async function bestCheck(fd: number, real: Buffer): Promise<PathCheck> {
  try {
    const link = placeOf(fd);
    const [through, direct] = await Promise.all([lstat(`/proc/self/fd/${fd}/.`), fstat(fd)]);
    const agrees = link === real.toString('latin1') && through.ino === direct.ino && through.dev === direct.dev;
    return agrees ? 'descriptor' : 'realpath';
  } catch {
    return 'realpath';
  }
}
