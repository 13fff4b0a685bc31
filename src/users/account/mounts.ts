/** Folders of other places in a user's tree, and their text form `AT=[STORAGE:]FOLDER[,read-only]`. */

import { ConfigError } from '../../errors/index.ts';
import { isVirtualPath } from './rights.ts';

/** One mount. */
export interface Mount {
  /** Where it stands in the user's tree. */
  readonly path: string;
  /** Name of a storage of the server; undefined for the main one. */
  readonly storage?: string;
  /** Folder of that storage; not of the user's home. */
  readonly folder: string;
  readonly readOnly?: true;
}

/** Mounts of one user; each costs an open view of a storage. */
export const maxMounts = 50;

function wrong(text: string, why: string): ConfigError {
  return new ConfigError('ERR_TWINLINE_CONFIG', `The mount "${text}" ${why}.`);
}

/** A mount as text: `/shared=/public`, `/archive=tapes:/2026,read-only`. Throws `ConfigError`. */
export function parseMount(text: string): Mount {
  const form = 'must have the form PATH=FOLDER or PATH=STORAGE:FOLDER, for example /archive=tapes:/2026,read-only';
  const [, path = '', storage, folder = '', readOnly] = /^([^=]+)=(?:([\w-]+):)?(\/.*?)(,read-only)?$/.exec(text) ?? [];
  if (!isVirtualPath(path) || !isVirtualPath(folder)) throw wrong(text, form);
  if (path === '/') throw wrong(text, 'cannot stand at /: set the home instead');
  return {
    path,
    ...(storage === undefined ? {} : { storage }),
    folder,
    ...(readOnly === undefined ? {} : { readOnly: true }),
  };
}

export function serialiseMount({ path, storage, folder, readOnly }: Mount): string {
  return `${path}=${storage === undefined ? '' : `${storage}:`}${folder}${readOnly === true ? ',read-only' : ''}`;
}

/** The mounts of one user. Throws `ConfigError` when two stand at one path, or there are too many. */
export function parseMounts(texts: readonly string[]): readonly Mount[] {
  const mounts = texts.map(parseMount);
  if (mounts.length > maxMounts) {
    throw new ConfigError('ERR_TWINLINE_CONFIG', `A user may have ${maxMounts} mounts; these are ${mounts.length}.`);
  }
  const twice = mounts.find(({ path }, index) => mounts.findIndex((other) => other.path === path) !== index);
  if (twice === undefined) return mounts;
  throw new ConfigError('ERR_TWINLINE_CONFIG', `Two mounts stand at ${twice.path}: give one another path.`);
}
