/** The files of one user for one session: home and mounts in one tree, behind the guard of the user's rights. */

import { ConfigError } from '../../errors/index.ts';
import {
  createMountedStorage,
  openView,
  type StorageBackend,
  type StorageUsage,
  type ViewOptions,
  unlessNotFound,
} from '../../storage/index.ts';
import type { Mount, UserAccount } from '../../users/index.ts';
import { MeteredStorage } from '../quota/metered-storage.ts';
import type { Quota } from '../quota/metered-upload.ts';
import type { LedgerBook } from '../quota/usage-book.ts';
import { AccessRights } from './access-rights.ts';
import { GuardedStorage } from './guarded-storage.ts';

/** The storages of a server. */
export interface ServerStorages {
  readonly main: StorageBackend;
  /** Those that mounts can name. */
  readonly named: ReadonlyMap<string, StorageBackend>;
  /** What the folders with a quota hold. */
  readonly book: LedgerBook;
}

/** What a session has of them. Paths are those of the user. */
export interface AccountStorage {
  readonly storage: StorageBackend;
  readonly quota: Quota | undefined;
  /** Ends what is open; the storages of the server stay. */
  close(): Promise<void>;
}

/** Nothing may be done before login. */
export function createClosedStorage(main: StorageBackend): StorageBackend {
  return new GuardedStorage(main, { rights: new AccessRights({ rules: [{ path: '/', allow: [] }], readOnly: true }) });
}

/** Rejects with `ConfigError` when a mount names a storage that the server does not have. */
export async function openAccountStorage(account: UserAccount, storages: ServerStorages): Promise<AccountStorage> {
  const quota = await openQuota(account, storages);
  try {
    return await openTree(account, storages, quota);
  } catch (error) {
    quota?.ledger.release();
    throw error;
  }
}

async function openTree(
  account: UserAccount,
  storages: ServerStorages,
  quota: Quota | undefined,
): Promise<AccountStorage> {
  const { home, readOnly, rights: rules = [], mounts = [] } = account;
  const rights = new AccessRights({
    rules,
    readOnly,
    readOnlyBelow: mounts.filter((mount) => mount.readOnly === true).map(({ path }) => path),
  });
  const isOwn = home !== '/' || rules.length > 0 || mounts.length > 0;
  const followAt = (path: string): ViewOptions => (rules.length === 0 ? {} : followWhereAllowed(rights, path));
  const meter = (storage: StorageBackend, folder: string): StorageBackend =>
    new MeteredStorage(storage, { book: storages.book, folder, quota });
  const root = meter(isOwn ? await openView(storages.main, home, followAt('')) : storages.main, home);
  const openMount = async (mount: Mount): Promise<StorageBackend> => {
    const view = await openView(storageOf(mount, storages), mount.folder, followAt(mount.path));
    return mount.storage === undefined ? meter(view, mount.folder) : view;
  };
  const tree = mounts.length === 0 ? root : await addMounts(root, mounts, openMount);
  const isGuarded = readOnly || rules.length > 0 || mounts.length > 0;
  return {
    storage: isGuarded ? new GuardedStorage(tree, { rights, mountPaths: mounts.map(({ path }) => path) }) : tree,
    quota,
    close: async () => {
      quota?.ledger.release();
      if (isOwn) await tree.close();
    },
  };
}

/** What the home holds is added up before the first session with a quota begins. */
async function openQuota(account: UserAccount, { main, book }: ServerStorages): Promise<Quota | undefined> {
  const { home, quotaBytes: bytes, quotaFiles: files } = account;
  if (bytes === undefined && files === undefined) return undefined;
  const ledger = book.ledger(home);
  await ledger.hold(() => measureFolder(main, home), performance.now());
  return { ledger, bytes, files };
}

/** What a folder of the main storage holds, interrupted uploads included. */
export async function measureFolder(main: StorageBackend, home: string): Promise<StorageUsage> {
  const view = await openView(main, home);
  try {
    return (await unlessNotFound(view.usage('/'))) ?? { bytes: 0, files: 0 };
  } finally {
    await view.close();
  }
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
  openMount: (mount: Mount) => Promise<StorageBackend>,
): Promise<StorageBackend> {
  const opened: { readonly path: string; readonly storage: StorageBackend }[] = [];
  try {
    for (const mount of mounts) {
      opened.push({ path: mount.path, storage: await openMount(mount) });
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
