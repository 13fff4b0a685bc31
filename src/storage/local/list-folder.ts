/** Lists a folder in batches: facts are fetched by several calls at a time, and those of a large warm folder by a thread. */

import { StorageError } from '../../errors/index.ts';
import { type Entry, isCleanText } from '../../protocol/index.ts';
import { isHiddenName } from '../path-names.ts';
import type { ConfinedRoot, OpenFolder } from './confined-root.ts';
import { lstatThen } from './descriptors.ts';
import { entryOf } from './entry-facts.ts';
import { errnoOf, fromErrno } from './errno.ts';
import { type FolderName, FolderNames } from './folder-names.ts';
import type { LookThread } from './look-thread.ts';
import { StatPace } from './stat-pace.ts';

const batchSize = 512;
/** Batches that are read while the consumer works on the one before: the thread has the next one when it is done with one. */
const batchesAhead = 3;

/** Entries behind which a listing starts the thread, of some 50 ms: what is left by then may be worth it. */
const fewEntries = 1_000;

export interface ListOptions {
  /** For large folders. */
  readonly thread?: Pick<LookThread, 'isUp' | 'start' | 'lookAt'>;
  readonly pace?: StatPace;
}

/** Batches of a folder's entries; the next ones are fetched while the consumer works on the last one. */
export async function* listFolder(
  root: ConfinedRoot,
  path: string,
  options: ListOptions = {},
): AsyncGenerator<readonly Entry[]> {
  const listing = await Listing.open(root, path, options);
  const ahead: Promise<readonly Entry[] | undefined>[] = [];
  try {
    for (;;) {
      while (ahead.length < batchesAhead) {
        const next = listing.nextBatch();
        next.catch(() => undefined);
        ahead.push(next);
      }
      const batch = await ahead.shift();
      if (batch === undefined) return;
      if (batch.length > 0) yield batch;
    }
  } finally {
    listing.drop();
    await Promise.allSettled(ahead);
    await listing.close();
  }
}

class Listing {
  readonly #root: ConfinedRoot;
  readonly #path: string;
  readonly #folder: OpenFolder;
  readonly #names: FolderNames;
  #thread: ListOptions['thread'];
  readonly #pace: StatPace;
  #described = 0;
  #isRead = false;
  /** Nobody wants the rest: no more names are read, and no more calls given to the pool. */
  #isDropped = false;
  #lastRead: Promise<unknown> = Promise.resolve();
  #lastInPool: Promise<unknown> = Promise.resolve();

  private constructor(
    root: ConfinedRoot,
    path: string,
    folder: OpenFolder,
    names: FolderNames,
    { thread, pace = new StatPace() }: ListOptions,
  ) {
    this.#root = root;
    this.#path = path;
    this.#folder = folder;
    this.#names = names;
    this.#thread = isCleanText(folder.childPrefix) ? thread : undefined;
    this.#pace = pace;
  }

  static async open(root: ConfinedRoot, path: string, options: ListOptions): Promise<Listing> {
    let folder: OpenFolder | undefined;
    try {
      folder = await root.openFolder(path, 'folder');
      return new Listing(root, path, folder, await FolderNames.open(folder, root.descriptors), options);
    } catch (error) {
      await folder?.close();
      throw fromErrno(error, path);
    }
  }

  /** Undefined at the end of the folder; calls may overlap. */
  async nextBatch(): Promise<readonly Entry[] | undefined> {
    const read = this.#lastRead.then(() => this.#nextNames());
    this.#lastRead = read.catch(() => (this.#isRead = true));
    try {
      const names = await read;
      return names && (await this.#describe(names));
    } catch (error) {
      throw fromErrno(error, this.#path);
    }
  }

  /** Nothing more begins; what is under way goes on. */
  drop(): void {
    this.#isDropped = true;
  }

  async close(): Promise<void> {
    await Promise.all([this.#names.close(), this.#folder.close()]);
  }

  async #nextNames(): Promise<readonly FolderName[] | undefined> {
    if (this.#isRead || this.#isDropped) return undefined;
    const names = await this.#names.nextNames(batchSize);
    if (names.length < batchSize) this.#isRead = true;
    return names.filter(({ name }) => !isHiddenName(name));
  }

  async #describe(names: readonly FolderName[]): Promise<readonly Entry[]> {
    const entries: Entry[] = [];
    const left = this.#isForThread() ? await this.#describeInThread(names, entries) : names;
    if (left.length > 0) {
      const inPool = this.#lastInPool.then(() => this.#describeInPool(left, entries));
      this.#lastInPool = inPool.catch(() => undefined);
      await inPool;
    }
    this.#described += names.length;
    return entries;
  }

  /** A folder on a disk that answers at once, which many names have shown. */
  #isForThread(): boolean {
    if (this.#thread === undefined || !this.#pace.isWarm) return false;
    if (this.#described >= fewEntries) this.#thread.start();
    return this.#thread.isUp;
  }

  /** Resolves with those that are left: links, what could not be looked at, and all that would take long. */
  async #describeInThread(names: readonly FolderName[], entries: Entry[]): Promise<readonly FolderName[]> {
    const texts = names.map(({ name }) => name);
    const found = (await this.#thread?.lookAt(this.#folder.childPrefix, texts)) ?? [];
    const left: FolderName[] = [];
    for (const [index, entry] of names.entries()) {
      const stats = found[index];
      if (stats === undefined) left.push(entry);
      else entries.push(entryOf(entry.name, stats));
    }
    if (found.length < names.length) this.#pace.slowDown();
    // It would only do again what the pool has to do anyway.
    else if (left.length > names.length / 4) this.#thread = undefined;
    return left;
  }

  async #describeInPool(names: readonly FolderName[], entries: Entry[]): Promise<void> {
    for (let at = 0; at < names.length && !this.#isDropped;) {
      const group = names.slice(at, at + this.#pace.atOnce);
      const startedAt = performance.now();
      for (const entry of await this.#describeGroup(group)) if (entry !== undefined) entries.push(entry);
      at += group.length;
      this.#pace.took(group.length, performance.now() - startedAt);
    }
  }

  /** Settles when no call is under way any more. */
  #describeGroup(names: readonly FolderName[]): Promise<readonly (Entry | undefined)[]> {
    return new Promise((resolve, reject) => {
      const entries: (Entry | undefined)[] = [];
      const problems: unknown[] = [];
      let left = names.length;
      const oneDone = (): void => {
        left -= 1;
        if (left > 0) return;
        if (problems.length > 0) reject(problems[0]);
        else resolve(entries);
      };
      for (const [index, { name, type }] of names.entries()) {
        lstatThen(this.#folder.child(name), (error, stats) => {
          if (error === null && !stats.isSymbolicLink()) {
            entries[index] = entryOf(name, stats);
            oneDone();
            return;
          }
          this.#describeOther({ name, type }, error)
            .then(
              (entry) => (entries[index] = entry),
              (problem: unknown) => problems.push(problem),
            )
            .finally(oneDone);
        });
      }
    });
  }

  /** A link, or what could not be looked at. Undefined when it is gone by now, or leads nowhere or out of the root. */
  async #describeOther({ name, type }: FolderName, error: Error | null): Promise<Entry | undefined> {
    // A folder may be read but not entered; then its names are all that there is.
    if (error !== null && errnoOf(error) === 'EACCES' && type !== 'symlink') return { name, type };
    if (error !== null) return undefinedIfUnreachable(error, this.#path);
    const path = childPath(this.#path, name);
    try {
      const own = this.#folder.child(name);
      return await this.#root.findBehindLink(path, own, (found) => entryOf(name, found.stats));
    } catch (problem) {
      return undefinedIfUnreachable(problem, this.#path);
    }
  }
}

function childPath(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`;
}

function undefinedIfUnreachable(error: unknown, path: string): undefined {
  const mapped = fromErrno(error, path);
  const unreachable = ['not-found', 'not-a-directory', 'permission-denied'];
  if (mapped instanceof StorageError && unreachable.includes(mapped.kind)) return undefined;
  throw mapped;
}
