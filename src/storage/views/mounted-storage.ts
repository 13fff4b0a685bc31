/** One tree made of several storages: the root, and others that stand at paths in it. */

import { StorageError } from '../../errors/index.ts';
import { baseName, type Entry, parentPath } from '../../protocol/index.ts';
import { pathNames } from '../path-names.ts';
import type {
  ReadHandle,
  StorageBackend,
  StorageUsage,
  StorageUser,
  SweepReport,
  WriteHandle,
  WriteMode,
} from '../storage-backend.ts';
import { explainedStorageError, isNotFound, storageError } from '../storage-error.ts';

/** A storage and the path, not `/`, at which its root stands. */
export interface StorageMount {
  readonly path: string;
  readonly storage: StorageBackend;
}

/** Where a path leads: into which storage, and how it is called there. */
interface Route {
  readonly storage: StorageBackend;
  readonly path: string;
}

/**
 * The tree belongs to the caller together with all its storages: `close` closes them. Folders on the way to a mount are
 * there even if the root storage has none. What the root storage has under the path of a mount is out of sight. A mount
 * point can be neither removed nor renamed, and nothing is renamed from one storage to another.
 */
export function createMountedStorage(root: StorageBackend, mounts: readonly StorageMount[]): StorageBackend {
  return new MountedStorage(root, mounts);
}

class MountedStorage implements StorageBackend {
  readonly #root: StorageBackend;
  /** The deepest first. */
  readonly #mounts: readonly StorageMount[];
  readonly openPart?: NonNullable<StorageBackend['openPart']>;
  readonly setCreated?: NonNullable<StorageBackend['setCreated']>;
  readonly setMode?: NonNullable<StorageBackend['setMode']>;
  readonly makeLink?: NonNullable<StorageBackend['makeLink']>;
  readonly freeBytes?: NonNullable<StorageBackend['freeBytes']>;
  #closed = false;

  constructor(root: StorageBackend, mounts: readonly StorageMount[]) {
    this.#root = root;
    this.#mounts = mounts.toSorted((one, other) => other.path.length - one.path.length);
    // What one of the storages can do, the tree can do there.
    const all = [root, ...mounts.map(({ storage }) => storage)];
    // One that cannot read its parts would be taken for one that has none.
    if (all.every((one) => one.openPart !== undefined)) this.openPart = this.#openPart.bind(this);
    if (all.some((one) => one.setCreated !== undefined)) this.setCreated = this.#setCreated.bind(this);
    if (all.some((one) => one.setMode !== undefined)) this.setMode = this.#setMode.bind(this);
    if (all.some((one) => one.makeLink !== undefined)) this.makeLink = this.#makeLink.bind(this);
    if (all.some((one) => one.freeBytes !== undefined)) this.freeBytes = this.#freeBytes.bind(this);
  }

  async #openPart(path: string, user: StorageUser): Promise<ReadHandle | undefined> {
    const route = this.#route(path);
    return this.#holdsMount(path) ? undefined : route.storage.openPart?.(route.path, user);
  }

  async #setCreated(path: string, createdMs: number): Promise<void> {
    const route = this.#route(path);
    if (route.storage.setCreated === undefined) throw storageError('not-supported', path);
    await route.storage.setCreated(route.path, createdMs);
  }

  async #setMode(path: string, mode: number): Promise<void> {
    const route = this.#route(path);
    if (route.storage.setMode === undefined) throw storageError('not-supported', path);
    await route.storage.setMode(route.path, mode);
  }

  async #makeLink(path: string, target: string): Promise<void> {
    const place = this.#routeOfOwn(path, 'already-exists');
    const goal = this.#route(target);
    if (place.storage !== goal.storage || place.storage.makeLink === undefined) {
      throw explainedStorageError('not-supported', path, 'Links lead to what is in the same storage, if it has links');
    }
    await place.storage.makeLink(place.path, goal.path);
  }

  async #freeBytes(path: string): Promise<number> {
    const route = this.#route(path);
    if (route.storage.freeBytes === undefined) throw storageError('not-supported', path);
    return route.storage.freeBytes(route.path);
  }

  #route(path: string): Route {
    if (this.#closed) throw storageError('aborted', path);
    pathNames(path);
    const mount = this.#mounts.find((one) => path === one.path || path.startsWith(`${one.path}/`));
    if (mount === undefined) return { storage: this.#root, path };
    return { storage: mount.storage, path: path.slice(mount.path.length) || '/' };
  }

  /** True for a mount point and for a folder on the way to one. */
  #holdsMount(path: string): boolean {
    return this.#mounts.some((one) => one.path === path || path === '/' || one.path.startsWith(`${path}/`));
  }

  /** The route of something that is to be changed: what mounts stand on or under cannot be. */
  #routeOfOwn(path: string, kind: 'is-a-directory' | 'already-exists' | 'permission-denied'): Route {
    const route = this.#route(path);
    if (path === '/' || !this.#holdsMount(path)) return route;
    if (kind !== 'permission-denied') throw storageError(kind, path);
    throw explainedStorageError(kind, path, 'A mount point, or a folder that holds one, stays where it is');
  }

  async stat(path: string): Promise<Entry> {
    const route = this.#route(path);
    try {
      return { ...(await route.storage.stat(route.path)), name: baseName(path) };
    } catch (error) {
      const isOnTheWay = route.storage === this.#root && this.#holdsMount(path);
      if (isOnTheWay && isNotFound(error)) return { name: baseName(path), type: 'directory' };
      throw error;
    }
  }

  async *list(path: string): AsyncIterable<readonly Entry[]> {
    const route = this.#route(path);
    const names = this.#namesOfMounts(path);
    if (names.size === 0) {
      yield* route.storage.list(route.path);
      return;
    }
    const mounted = await Promise.all(
      [...names].map((name) => this.#entryIfThere(path === '/' ? `/${name}` : `${path}/${name}`)),
    );
    yield mounted.filter((entry) => entry !== undefined);
    try {
      for await (const batch of route.storage.list(route.path)) yield batch.filter(({ name }) => !names.has(name));
    } catch (error) {
      if (route.storage !== this.#root || !isNotFound(error)) throw error;
    }
  }

  /** Names in a folder that are mounts, or lead to one. */
  #namesOfMounts(path: string): ReadonlySet<string> {
    const prefix = path === '/' ? '/' : `${path}/`;
    const below = this.#mounts.filter((one) => one.path.startsWith(prefix));
    return new Set(below.map((one) => one.path.slice(prefix.length).split('/', 1)[0] ?? ''));
  }

  async #entryIfThere(path: string): Promise<Entry | undefined> {
    try {
      return await this.stat(path);
    } catch (error) {
      if (error instanceof StorageError && error.kind !== 'aborted') return undefined;
      throw error;
    }
  }

  async openRead(path: string): Promise<ReadHandle> {
    const route = this.#routeOfOwn(path, 'is-a-directory');
    return route.storage.openRead(route.path);
  }

  async openWrite(path: string, user: StorageUser, mode: WriteMode): Promise<WriteHandle> {
    const route = this.#routeOfOwn(path, 'is-a-directory');
    return route.storage.openWrite(route.path, user, mode);
  }

  async partialSize(path: string, user: StorageUser): Promise<number | undefined> {
    const route = this.#route(path);
    return this.#holdsMount(path) ? undefined : route.storage.partialSize(route.path, user);
  }

  async makeDirectory(path: string): Promise<void> {
    const route = this.#routeOfOwn(path, 'already-exists');
    await route.storage.makeDirectory(route.path);
  }

  async removeDirectory(path: string): Promise<void> {
    const route = this.#routeOfOwn(path, 'permission-denied');
    await route.storage.removeDirectory(route.path);
  }

  async removeFile(path: string): Promise<number> {
    const route = this.#routeOfOwn(path, 'is-a-directory');
    return route.storage.removeFile(route.path);
  }

  async rename(from: string, to: string): Promise<number | undefined> {
    const source = this.#routeOfOwn(from, 'permission-denied');
    const target = this.#routeOfOwn(to, 'already-exists');
    if (source.storage === target.storage) return source.storage.rename(source.path, target.path);
    await source.storage.stat(source.path);
    throw explainedStorageError(
      'not-supported',
      to,
      `Not renamed: ${parentPath(to)} is another storage; copy the file there and remove it here`,
    );
  }

  async setModified(path: string, modifiedMs: number): Promise<void> {
    const route = this.#route(path);
    await route.storage.setModified(route.path, modifiedMs);
  }

  /** Of the storage in which the path lies, without the mounts below it. */
  async usage(path: string): Promise<StorageUsage> {
    const route = this.#route(path);
    return route.storage.usage(route.path);
  }

  async sweep(maxAgeMs: number): Promise<SweepReport> {
    let report = await this.#route('/').storage.sweep(maxAgeMs);
    for (const { storage } of this.#mounts) {
      const next = await storage.sweep(maxAgeMs);
      report = {
        kept: report.kept + next.kept,
        removed: report.removed + next.removed,
        bytesRemoved: report.bytesRemoved + next.bytesRemoved,
      };
    }
    return report;
  }

  openHandles(): number {
    return this.#mounts.reduce((sum, { storage }) => sum + storage.openHandles(), this.#root.openHandles());
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#root.close(), ...this.#mounts.map(({ storage }) => storage.close())]);
  }
}
