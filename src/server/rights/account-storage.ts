/** The files of one user for one session: home and mounts in one tree, behind the guard of the user's rights. */

import { ConfigError } from '../../errors/index.ts';
import { createMountedStorage, openView, type StorageBackend, type ViewOptions } from '../../storage/index.ts';
import type { Mount, UserAccount } from '../../users/index.ts';
import { AccessRights } from './access-rights.ts';
import { GuardedStorage } from './guarded-storage.ts';

/** The storages of a server. */
export interface ServerStorages {
  readonly main: StorageBackend;
  /** Those that mounts can name. */
  readonly named: ReadonlyMap<string, StorageBackend>;
}

/** What a session has of them. Paths are those of the user. */
export interface AccountStorage {
  readonly storage: StorageBackend;
  /** Ends what is open; the storages of the server stay. */
  close(): Promise<void>;
}

/** Nothing may be done before login. */
export function createClosedStorage(main: StorageBackend): StorageBackend {
  return new GuardedStorage(main, { rights: new AccessRights({ rules: [{ path: '/', allow: [] }], readOnly: true }) });
}

/** Rejects with `ConfigError` when a mount names a storage that the server does not have. */
export async function openAccountStorage(account: UserAccount, storages: ServerStorages): Promise<AccountStorage> {
  const { home, readOnly, rights: rules = [], mounts = [] } = account;
  const rights = new AccessRights({
    rules,
    readOnly,
    readOnlyBelow: mounts.filter((mount) => mount.readOnly === true).map(({ path }) => path),
  });
  const isOwn = home !== '/' || rules.length > 0 || mounts.length > 0;
  const followAt = (path: string): ViewOptions => (rules.length === 0 ? {} : followWhereAllowed(rights, path));
  const root = isOwn ? await openView(storages.main, home, followAt('')) : storages.main;
  const tree = mounts.length === 0 ? root : await addMounts(root, mounts, storages, followAt);
  const isGuarded = readOnly || rules.length > 0 || mounts.length > 0;
  return {
    storage: isGuarded ? new GuardedStorage(tree, { rights, mountPaths: mounts.map(({ path }) => path) }) : tree,
    close: () => (isOwn ? tree.close() : Promise.resolve()),
  };
}

/** A link must not lead to where the user has fewer rights than at the path of the link. */
function followWhereAllowed(rights: AccessRights, mountPath: string): ViewOptions {
  const inTree = (path: string): string => (path === '/' ? mountPath || '/' : mountPath + path);
  return {
    mayFollow: (path, real, use) => rights.gainsNothing(inTree(real), inTree(path), use === 'folder'),
  };
}

async function addMounts(
  root: StorageBackend,
  mounts: readonly Mount[],
  storages: ServerStorages,
  followAt: (path: string) => ViewOptions,
): Promise<StorageBackend> {
  const opened: { readonly path: string; readonly storage: StorageBackend }[] = [];
  try {
    for (const mount of mounts) {
      const storage = await openView(storageOf(mount, storages), mount.folder, followAt(mount.path));
      opened.push({ path: mount.path, storage });
    }
    return createMountedStorage(root, opened);
  } catch (error) {
    await Promise.all([root, ...opened.map(({ storage }) => storage)].map((storage) => storage.close()));
    throw error;
  }
}

function storageOf({ path, storage: name }: Mount, storages: ServerStorages): StorageBackend {
  if (name === undefined) return storages.main;
  const storage = storages.named.get(name);
  if (storage !== undefined) return storage;
  const known = [...storages.named.keys()].join(', ') || 'none';
  throw new ConfigError(
    'ERR_TWINLINE_CONFIG',
    `The mount at ${path} names the storage "${name}", which this server does not have (it has: ${known}): add it with --storage ${name}=FOLDER.`,
  );
}
