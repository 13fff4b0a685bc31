/** A storage backend on a folder of this machine. */

import type { Stats } from 'node:fs';

import type { StorageErrorKind } from '../../errors/index.ts';
import { baseName, type Entry } from '../../protocol/index.ts';
import { pathNames } from '../path-names.ts';
import type {
  Durability,
  ReadHandle,
  StorageBackend,
  StorageUsage,
  StorageUser,
  SweepReport,
  ViewOptions,
  WriteHandle,
  WriteMode,
} from '../storage-backend.ts';
import { storageError } from '../storage-error.ts';
import { beginUpload } from './begin-upload.ts';
import { makeDirectory, makeLink, removeDirectory, removeFile, renameEntry } from './change-tree.ts';
import type { ConfinedRoot, PathCheck } from './confined-root.ts';
import { changeModeOf, Descriptors, fstat, setTimes, statFileSystem } from './descriptors.ts';
import { entryOf } from './entry-facts.ts';
import { mapErrno } from './errno.ts';
import { findRoot } from './find-root.ts';
import { listFolder } from './list-folder.ts';
import { LocalReadHandle } from './local-read-handle.ts';
import { LocalWriteHandle } from './local-write-handle.ts';
import { LookCrew } from './look-crew.ts';
import { Sweep } from './sweep.ts';
import { interruptedSize, openInterrupted } from './upload-place.ts';
import { measureUsage } from './usage.ts';

export interface LocalStorageOptions {
  /** The folder on this machine that is served as `/`. */
  readonly root: string;
  /** `fsync` by default. */
  readonly durability?: Durability;
  /** How paths are proved to be inside the root; the safest way that this machine has, by default. */
  readonly pathCheck?: PathCheck;
  /** Milliseconds that a thread for large listings stays without work; 30 s by default. */
  readonly idleThreadMs?: number;
}

/** A storage on disk. */
export interface LocalStorage extends StorageBackend {
  /** In use, so that an operator can be told of the weaker one. */
  readonly pathCheck: PathCheck;
}

/** Opens the storage; rejects with `ConfigError` when the folder cannot be served. Sweeping is left to the caller. */
export async function createLocalStorage(options: LocalStorageOptions): Promise<LocalStorage> {
  const root = await findRoot(options.root, options.pathCheck);
  const { durability = 'fsync', idleThreadMs } = options;
  return new LocalFolderStorage(root, durability, new LookCrew(idleThreadMs === undefined ? {} : { idleThreadMs }));
}

class LocalFolderStorage implements LocalStorage {
  readonly #root: ConfinedRoot;
  readonly #durability: Durability;
  /** For large listings; one for a storage and its views. */
  readonly #threads: LookCrew;
  readonly #running = new Set<Promise<unknown>>();
  readonly #listings = new Set<AsyncGenerator<readonly Entry[]>>();
  readonly #readers = new Set<LocalReadHandle>();
  readonly #writers = new Set<LocalWriteHandle>();
  readonly #views = new Set<LocalFolderStorage>();
  readonly #onClosed: (() => void) | undefined;
  readonly #isClosed = (): boolean => this.#closed;
  #closed = false;

  /** A view has `onClosed`, and leaves the threads to the storage that it is of. */
  constructor(root: ConfinedRoot, durability: Durability, threads: LookCrew, onClosed?: () => void) {
    this.#onClosed = onClosed;
    this.#root = root;
    this.#threads = threads;
    this.#durability = durability;
  }

  get pathCheck(): PathCheck {
    return this.#root.pathCheck;
  }

  stat(path: string): Promise<Entry> {
    return this.#run([path], () => this.#root.find(path, ({ stats }) => entryOf(baseName(path), stats)));
  }

  async *list(path: string): AsyncIterable<readonly Entry[]> {
    this.#check(path);
    const listing = listFolder(this.#root, path, { threads: this.#threads });
    this.#listings.add(listing);
    try {
      yield* listing;
      if (this.#closed) throw storageError('aborted', path);
    } finally {
      this.#listings.delete(listing);
    }
  }

  openRead(path: string): Promise<ReadHandle> {
    return this.#run([path], () => this.#openRead(path));
  }

  openWrite(path: string, user: StorageUser, mode: WriteMode): Promise<WriteHandle> {
    return this.#run([path], async () => {
      refuseRoot(path, 'is-a-directory');
      const upload = await beginUpload(this.#root, path, user, mode, this.#isClosed);
      const handle = new LocalWriteHandle(upload, this.#durability, this.#root.descriptors, () =>
        this.#writers.delete(handle),
      );
      this.#writers.add(handle);
      return handle;
    });
  }

  partialSize(path: string, user: StorageUser): Promise<number | undefined> {
    return this.#run([path], async () => (path === '/' ? undefined : interruptedSize(this.#root, path, user.name)));
  }

  openPart(path: string, user: StorageUser): Promise<ReadHandle | undefined> {
    return this.#run([path], async () => {
      const fd = path === '/' ? undefined : await openInterrupted(this.#root, path, user.name);
      return fd === undefined ? undefined : this.#asReader(path, fd, await fstat(fd));
    });
  }

  makeDirectory(path: string): Promise<void> {
    return this.#run([path], () => {
      refuseRoot(path, 'already-exists');
      return makeDirectory(this.#root, path, this.#durability);
    });
  }

  removeDirectory(path: string): Promise<void> {
    return this.#run([path], () => {
      refuseRoot(path, 'permission-denied');
      return removeDirectory(this.#root, path);
    });
  }

  removeFile(path: string): Promise<number> {
    return this.#run([path], () => {
      refuseRoot(path, 'is-a-directory');
      return removeFile(this.#root, path);
    });
  }

  rename(from: string, to: string): Promise<number | undefined> {
    return this.#run([from, to], () => {
      refuseRoot(from, 'permission-denied');
      refuseRoot(to, 'already-exists');
      return renameEntry(this.#root, from, to, this.#durability);
    });
  }

  setModified(path: string, modifiedMs: number): Promise<void> {
    return this.#run([path], () =>
      this.#root.find(path, ({ self, stats }) => setTimes(self, stats.atime, new Date(modifiedMs))),
    );
  }

  setMode(path: string, mode: number): Promise<void> {
    return this.#run([path], () => this.#root.find(path, ({ self }) => changeModeOf(self, mode)));
  }

  makeLink(path: string, target: string): Promise<void> {
    return this.#run([path, target], () => {
      refuseRoot(path, 'already-exists');
      return makeLink(this.#root, path, target, this.#durability);
    });
  }

  freeBytes(path: string): Promise<number> {
    return this.#run([path], () =>
      this.#root.find(path, async ({ self, stats }) => {
        if (!stats.isDirectory()) throw storageError('not-a-directory', path);
        const { bavail, bsize } = await statFileSystem(self);
        return bavail * bsize;
      }),
    );
  }

  usage(path: string): Promise<StorageUsage> {
    return this.#run([path], () => measureUsage(this.#root, path, this.#isClosed));
  }

  view(folder: string, options: ViewOptions = {}): Promise<StorageBackend> {
    return this.#run([folder], async () => {
      const root = await this.#root.view(folder, new Descriptors(), options);
      const view = new LocalFolderStorage(root, this.#durability, this.#threads, () => this.#views.delete(view));
      this.#views.add(view);
      return view;
    });
  }

  sweep(maxAgeMs: number): Promise<SweepReport> {
    return this.#run(['/'], () => new Sweep(this.#root, maxAgeMs, this.#isClosed).run());
  }

  openHandles(): number {
    let count = this.#root.descriptors.count;
    for (const view of this.#views) count += view.openHandles();
    return count;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#running);
    await Promise.allSettled([
      ...[...this.#listings].map((listing) => listing.return(undefined)),
      ...[...this.#readers].map((handle) => handle.close()),
      ...[...this.#writers].map((handle) => handle.keep()),
      ...[...this.#views].map((view) => view.close()),
    ]);
    if (this.#onClosed === undefined) await this.#threads.end();
    this.#onClosed?.();
    await this.#root.descriptors.released();
  }

  async #openRead(path: string): Promise<ReadHandle> {
    const { fd, stats } = await this.#root.openFile(path);
    return this.#asReader(path, fd, stats);
  }

  async #asReader(path: string, fd: number, stats: Stats): Promise<ReadHandle> {
    const { descriptors } = this.#root;
    try {
      if (stats.isDirectory()) throw storageError('is-a-directory', path);
      if (!stats.isFile()) throw storageError('permission-denied', path);
      const handle = new LocalReadHandle(path, fd, stats.size, descriptors, () => this.#readers.delete(handle));
      this.#readers.add(handle);
      return handle;
    } catch (error) {
      await descriptors.close(fd);
      throw error;
    }
  }

  /** Runs one operation: checks its paths, maps errors to the first of them, and lets `close` wait for its end. */
  async #run<T>(paths: readonly [string, ...string[]], work: () => Promise<T>): Promise<T> {
    for (const path of paths) this.#check(path);
    const running = mapErrno(paths[0], work);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  #check(path: string): void {
    if (this.#closed) throw storageError('aborted', path);
    pathNames(path);
  }
}

function refuseRoot(path: string, kind: StorageErrorKind): void {
  if (path === '/') throw storageError(kind, path);
}
