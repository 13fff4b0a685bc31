/** A folder of a storage without links as a storage of its own: paths are put behind the folder's. */

import type { StorageErrorKind } from '../../errors/index.ts';
import { baseName, type Entry } from '../../protocol/index.ts';
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
import { storageError } from '../storage-error.ts';
import { OpenThings } from './open-things.ts';

export class FolderView implements StorageBackend {
  readonly #inner: StorageBackend;
  /** The folder; empty for the root. */
  readonly #folder: string;
  readonly #open = new OpenThings();
  readonly openPart?: NonNullable<StorageBackend['openPart']>;
  readonly setCreated?: NonNullable<StorageBackend['setCreated']>;
  readonly setMode?: NonNullable<StorageBackend['setMode']>;
  readonly freeBytes?: NonNullable<StorageBackend['freeBytes']>;

  constructor(inner: StorageBackend, folder: string) {
    this.#inner = inner;
    this.#folder = folder === '/' ? '' : folder;
    if (inner.openPart !== undefined) {
      this.openPart = (path, user) => this.#run(async () => this.#openPart(path, user));
    }
    if (inner.setCreated !== undefined) {
      this.setCreated = (path, createdMs) => this.#run(async () => inner.setCreated?.(this.#below(path), createdMs));
    }
    if (inner.setMode !== undefined) {
      this.setMode = (path, mode) => this.#run(async () => inner.setMode?.(this.#below(path), mode));
    }
    if (inner.freeBytes !== undefined) {
      this.freeBytes = (path) => this.#run(async () => (await inner.freeBytes?.(this.#below(path))) ?? 0);
    }
  }

  /** The path below, of a path that is checked as every storage checks it. */
  #below(path: string, kindForRoot?: StorageErrorKind): string {
    this.#open.check(path);
    pathNames(path);
    if (path !== '/') return this.#folder + path;
    if (kindForRoot !== undefined) throw storageError(kindForRoot, path);
    return this.#folder || '/';
  }

  #run<T>(work: () => Promise<T>): Promise<T> {
    return this.#open.run(work);
  }

  stat(path: string): Promise<Entry> {
    return this.#run(async () => ({ ...(await this.#inner.stat(this.#below(path))), name: baseName(path) }));
  }

  async *list(path: string): AsyncIterable<readonly Entry[]> {
    for await (const batch of this.#inner.list(this.#below(path))) {
      this.#open.check(path);
      yield batch;
      this.#open.check(path);
    }
  }

  openRead(path: string): Promise<ReadHandle> {
    return this.#run(async () => this.#open.trackReader(await this.#inner.openRead(this.#below(path))));
  }

  async #openPart(path: string, user: StorageUser): Promise<ReadHandle | undefined> {
    const below = this.#below(path);
    const handle = path === '/' ? undefined : await this.#inner.openPart?.(below, user);
    return handle === undefined ? undefined : this.#open.trackReader(handle);
  }

  openWrite(path: string, user: StorageUser, mode: WriteMode): Promise<WriteHandle> {
    return this.#run(async () => {
      const handle = await this.#inner.openWrite(this.#below(path, 'is-a-directory'), user, mode);
      return this.#open.trackWriter(handle);
    });
  }

  partialSize(path: string, user: StorageUser): Promise<number | undefined> {
    return this.#run(async () => {
      const below = this.#below(path);
      return path === '/' ? undefined : this.#inner.partialSize(below, user);
    });
  }

  makeDirectory(path: string): Promise<void> {
    return this.#run(async () => this.#inner.makeDirectory(this.#below(path, 'already-exists')));
  }

  removeDirectory(path: string): Promise<void> {
    return this.#run(async () => this.#inner.removeDirectory(this.#below(path, 'permission-denied')));
  }

  removeFile(path: string): Promise<number> {
    return this.#run(async () => this.#inner.removeFile(this.#below(path, 'is-a-directory')));
  }

  rename(from: string, to: string): Promise<number | undefined> {
    return this.#run(async () =>
      this.#inner.rename(this.#below(from, 'permission-denied'), this.#below(to, 'already-exists')),
    );
  }

  setModified(path: string, modifiedMs: number): Promise<void> {
    return this.#run(async () => this.#inner.setModified(this.#below(path), modifiedMs));
  }

  usage(path: string): Promise<StorageUsage> {
    return this.#run(async () => this.#inner.usage(this.#below(path)));
  }

  /** Sweeps the whole storage: interrupted uploads have one age everywhere. */
  sweep(maxAgeMs: number): Promise<SweepReport> {
    return this.#run(async () => {
      this.#open.check('/');
      return this.#inner.sweep(maxAgeMs);
    });
  }

  openHandles(): number {
    return this.#open.count;
  }

  close(): Promise<void> {
    return this.#open.close();
  }
}
