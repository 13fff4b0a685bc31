/** Lists a folder in batches, with the facts of the entries fetched by several calls at a time. */

import { StorageError } from '../../errors/index.ts';
import type { Entry } from '../../protocol/index.ts';
import { isHiddenName } from '../path-names.ts';
import type { ConfinedRoot, OpenFolder } from './confined-root.ts';
import { lstat } from './descriptors.ts';
import { entryOf } from './entry-facts.ts';
import { errnoOf, fromErrno } from './errno.ts';
import { type FolderName, FolderNames } from './folder-names.ts';

const batchSize = 256;

/**
 * Calls in flight for one listing. The pool of libuv has four threads by default; a few more keep them busy, many more
 * would make other sessions wait behind a large folder.
 */
const statsInFlight = 16;

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

  async #nextNames(): Promise<readonly FolderName[]> {
    const names: FolderName[] = [];
    while (names.length < batchSize) {
      const next = await this.#names.next();
      if (next === undefined) break;
      if (!isHiddenName(next.name)) names.push(next);
    }
    return names;
  }

  async #describeAll(names: readonly FolderName[]): Promise<readonly Entry[]> {
    const entries: (Entry | undefined)[] = [];
    const rest = names.entries();
    const work = async (): Promise<void> => {
      for (const [index, name] of rest) entries[index] = await this.#describe(name);
    };
    await Promise.all(Array.from({ length: statsInFlight }, work));
    return entries.filter((entry) => entry !== undefined);
  }

  /** Undefined when the entry is gone by now, and for links that lead nowhere or out of the root. */
  async #describe({ name, type }: FolderName): Promise<Entry | undefined> {
    const own = this.#folder.child(name);
    try {
      const stats = await lstat(own);
      if (!stats.isSymbolicLink()) return entryOf(name, stats);
    } catch (error) {
      // A folder may be read but not entered; then its names are all that there is.
      if (errnoOf(error) === 'EACCES' && type !== 'symlink') return { name, type };
      return undefinedIfUnreachable(error, this.#path);
    }
    try {
      return await this.#root.findBehindLink(childPath(this.#path, name), own, (found) => entryOf(name, found.stats));
    } catch (error) {
      return undefinedIfUnreachable(error, this.#path);
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
