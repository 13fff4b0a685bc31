/** Anonymous FTP (RFC 1635): the users `anonymous` and `ftp`, with any password, which is a mail address by custom. */

import { ConfigError, UserStoreError } from '../errors/index.ts';
import { isVirtualPath, type PathRule } from './account/rights.ts';
import type { UserAccount, UserStore } from './user-store.ts';

export interface AnonymousOptions {
  /** Folder of the storage that they see as `/`; `/` by default. */
  readonly home?: string;
  /**
   * A folder, as they see it, where they may put new files. Nobody anonymous reads or changes what lies there, so that it is
   * no place for strangers to pass things on to each other. Without it they may only read.
   */
  readonly uploadFolder?: string;
}

const names = new Set(['anonymous', 'ftp']);

/** Throws `ConfigError` for a folder that is no absolute path. */
export function createAnonymousUserStore(options: AnonymousOptions = {}): UserStore {
  const { home = '/', uploadFolder } = options;
  for (const path of [home, ...(uploadFolder === undefined ? [] : [uploadFolder])]) {
    if (isVirtualPath(path)) continue;
    const message = `The folder "${path}" of anonymous users must be an absolute path without "." and "..".`;
    throw new ConfigError('ERR_TWINLINE_CONFIG', message);
  }
  const account: UserAccount = {
    name: 'anonymous',
    home,
    readOnly: uploadFolder === undefined,
    anonymous: true,
    ...(uploadFolder === undefined ? {} : { rights: uploadRights(uploadFolder) }),
  };
  let isClosed = false;
  const find = async (name: string): Promise<UserAccount | undefined> => {
    if (isClosed) throw new UserStoreError('ERR_TWINLINE_USER_STORE', 'The user store is closed.');
    return names.has(name.toLowerCase()) ? account : undefined;
  };
  return {
    authenticate: find,
    findAccount: find,
    knows: async (name) => names.has(name.toLowerCase()),
    close: async () => {
      isClosed = true;
    },
  };
}

function uploadRights(folder: string): readonly PathRule[] {
  const upload: PathRule = { path: folder, allow: ['list', 'write'] };
  return folder === '/' ? [upload] : [{ path: '/', allow: ['list', 'read'] }, upload];
}
