/** Lists a folder in batches, with the facts of the entries fetched by several calls at a time. */

import { StorageError } from '../../errors/index.ts';
import type { Entry } from '../../protocol/index.ts';
import { isHiddenName } from '../path-names.ts';
import type { ConfinedRoot, OpenFolder } from './confined-root.ts';
import { lstatThen } from './descriptors.ts';
import { entryOf } from './entry-facts.ts';
import { errnoOf, fromErrno } from './errno.ts';
import { type FolderName, FolderNames } from './folder-names.ts';

const batchSize = 256;

/**
 * Calls that are given to the pool of libuv at a time. Its four threads go to sleep between few calls, and waking them costs
 * several times the call itself; behind many slow ones other sessions would wait. So there are as many as are done in a
 * few milliseconds, and few at first.
 */
const minStatsAtOnce = 16;
const maxStatsAtOnce = 256;
const fastMs = 2;
const slowMs = 8;

/** Batches of a folder's entries; the next batch is fetched while the consumer works on the last one. */
export async function* listFolder(root: ConfinedRoot, path: string): AsyncGenerator<readonly Entry[]> {
  const listing = await Listing.open(root, path);
  let next: Promise<readonly Entry[]> | undefined;
  try {
    next = listing.nextBatch();
    for (;;) {
      const batch = await next;
      if (batch.length === 0) return;
      next = listing.nextBatch();
      next.catch(() => undefined);
      yield batch;
    }
  } finally {
    await next?.catch(() => undefined);
    await listing.close();
  }
}

class Listing {
  readonly #root: ConfinedRoot;
  readonly #path: string;
  readonly #folder: OpenFolder;
  readonly #names: FolderNames;
  #statsAtOnce = minStatsAtOnce;

  private constructor(root: ConfinedRoot, path: string, folder: OpenFolder, names: FolderNames) {
    this.#root = root;
    this.#path = path;
    this.#folder = folder;
    this.#names = names;
  }

  static async open(root: ConfinedRoot, path: string): Promise<Listing> {
    let folder: OpenFolder | undefined;
    try {
      folder = await root.openFolder(path, 'folder');
      return new Listing(root, path, folder, await FolderNames.open(folder, root.descriptors));
    } catch (error) {
      await folder?.close();
      throw fromErrno(error, path);
    }
  }

  /** Empty only at the end of the folder. */
  async nextBatch(): Promise<readonly Entry[]> {
    try {
      for (;;) {
        const names = await this.#nextNames();
        const entries = await this.#describeAll(names);
        if (entries.length > 0 || names.length === 0) return entries;
      }
    } catch (error) {
      throw fromErrno(error, this.#path);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#names.close(), this.#folder.close()]);
  }

  /** Empty only at the end of the folder. */
  async #nextNames(): Promise<readonly FolderName[]> {
    for (;;) {
      const names = await this.#names.nextNames(batchSize);
      const shown = names.filter(({ name }) => !isHiddenName(name));
      if (shown.length > 0 || names.length === 0) return shown;
    }
  }

  async #describeAll(names: readonly FolderName[]): Promise<readonly Entry[]> {
    const entries: Entry[] = [];
    for (let at = 0; at < names.length;) {
      const group = names.slice(at, at + this.#statsAtOnce);
      const startedAt = performance.now();
      for (const entry of await this.#describeGroup(group)) if (entry !== undefined) entries.push(entry);
      at += group.length;
      const tookMs = performance.now() - startedAt;
      if (tookMs < fastMs) this.#statsAtOnce = Math.min(maxStatsAtOnce, this.#statsAtOnce * 2);
      else if (tookMs > slowMs) this.#statsAtOnce = Math.max(minStatsAtOnce, this.#statsAtOnce / 2);
    }
    return entries;
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
