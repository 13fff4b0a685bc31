/** Lists a folder in batches: facts are fetched by several calls at a time, and those of a large warm folder by threads. */

import { StorageError } from '../../errors/index.ts';
import { type Entry, isCleanText } from '../../protocol/index.ts';
import { isHiddenName } from '../path-names.ts';
import type { ConfinedRoot, OpenFolder } from './confined-root.ts';
import { lstatThen } from './descriptors.ts';
import { entryOf } from './entry-facts.ts';
import { errnoOf, fromErrno } from './errno.ts';
import { type FolderName, FolderNames } from './folder-names.ts';
import type { LookCrew } from './look-crew.ts';
import type { LookedAt } from './look-thread.ts';
import { StatPace } from './stat-pace.ts';

const batchSize = 512;
/** Batches of a listing that are under way: two threads have the next one when they are done with one. */
const batchesAhead = 5;

/** Entries behind which a listing starts a thread, of some 50 ms: what is left by then may be worth it. */
const fewEntries = 1_000;

export interface ListOptions {
  /** For large folders. */
  readonly threads?: Pick<LookCrew, 'isUp' | 'start' | 'lookAt'>;
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
  #threads: ListOptions['threads'];
  readonly #pace: StatPace;
  #described = 0;
  #isRead = false;
  /** Nobody wants the rest: no more names are read, and no more calls given to the pool. */
  #isDropped = false;
  #lastRead: Promise<unknown> = Promise.resolve();
  #lastInTurn: Promise<unknown> = Promise.resolve();

  private constructor(
    root: ConfinedRoot,
    path: string,
    folder: OpenFolder,
    names: FolderNames,
    { threads, pace = new StatPace() }: ListOptions,
  ) {
    this.#root = root;
    this.#path = path;
    this.#folder = folder;
    this.#names = names;
    this.#threads = isCleanText(folder.childPrefix) ? threads : undefined;
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
    const asked = await this.#inTurn(async () => {
      // In an object, so that the next batch need not wait for the answer.
      if (this.#isForThreads()) return { answer: this.#askThreads(names) };
      await this.#describeInPool(names, entries);
      return undefined;
    });
    if (asked !== undefined) {
      const left = this.#takeAnswer(names, await asked.answer, entries);
      if (left.length > 0) await this.#inTurn(() => this.#describeInPool(left, entries));
    }
    this.#described += names.length;
    return entries;
  }

  /** Behind what the pool has to do for the batches before. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#lastInTurn.then(work);
    this.#lastInTurn = done.catch(() => undefined);
    return done;
  }

  /** Not the first batch: a small folder has no other. */
  #isForThreads(): boolean {
    if (this.#threads === undefined || this.#described === 0 || !this.#pace.isWarm) return false;
    if (this.#described >= fewEntries) this.#threads.start();
    return this.#threads.isUp;
  }

  async #askThreads(names: readonly FolderName[]): Promise<LookedAt> {
    const texts = names.map(({ name }) => name);
    return (await this.#threads?.lookAt(this.#folder.childPrefix, texts)) ?? [];
  }

  /** Those that are left: links, what could not be looked at, and all behind what took long. */
  #takeAnswer(names: readonly FolderName[], found: LookedAt, entries: Entry[]): readonly FolderName[] {
    const left: FolderName[] = [];
    for (const [index, entry] of names.entries()) {
      const stats = found[index];
      if (stats === undefined) left.push(entry);
      else entries.push(entryOf(entry.name, stats));
    }
    // Here the pool is quicker: it waits for several entries at a time, and has to look at those that are left anyway.
    if (found.length < names.length || left.length > names.length / 4) this.#threads = undefined;
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
