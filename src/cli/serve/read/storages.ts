/** Reads the further folders of the server that mounts of users can name. */

import { isAbsolute } from 'node:path';
import type { GivenSettings } from '../given-settings.ts';

/** Absolute folders by name. */
export function storagesOf(given: GivenSettings): ReadonlyMap<string, string> {
  const storages = new Map<string, string>();
  for (const text of given.texts('storage')) {
    const [, name, folder] = /^([\w-]+)=(.+)$/.exec(text) ?? [];
    if (name === undefined || folder === undefined || !isAbsolute(folder)) {
      throw given.wrong(
        'storage',
        `takes NAME=FOLDER with an absolute folder, such as tapes=/srv/tapes; "${text}" is not that.`,
      );
    }
    if (storages.has(name))
      throw given.wrong('storage', `gives "${name}" twice: each storage needs a name of its own.`);
    storages.set(name, folder);
  }
  return storages;
}
