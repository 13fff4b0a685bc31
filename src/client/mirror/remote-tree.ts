/** The remote side of a mirror: listings within bounds, and changes by whole paths, so that no session has a place of its own. */

import { TwinlineError } from '../../errors/index.ts';
import { printable } from '../../protocol/index.ts';
import type { Client } from '../client.ts';
import type { ListingFacts } from '../operations/listing-reader.ts';
import type { Tree, TreeEntry, TreeListing } from './tree.ts';

/** Entries of one folder: 64 MiB of listing hold no more with names of a usual length. */
const maxFolderEntries = 1_000_000;
/** Lines that were not understood and are still told one by one. */
const unknownLinesShown = 20;

export class RemoteTree implements Tree {
  readonly side = 'remote';
  /** From `/` on, as the server writes it. */
  readonly #root: string;
  /** MLSD: every entry is told, with exact facts. */
  readonly isExact: boolean;

  private constructor(root: string, isExact: boolean) {
    this.#root = root;
    this.isExact = isExact;
  }

  /**
   * The folder that `path` names for a fresh session; with `make` it is made where it is missing. Asks the server for its
   * whole path, because many servers answer LIST with an empty listing for a folder that is not there.
   */
  static async open(client: Client, path: string, make: boolean, signal: AbortSignal): Promise<RemoteTree> {
    const features = await client.features({ signal });
    const isExact = features.has('MLST') || features.has('MLSD');
    if (path !== '') {
      if (make) await client.makeDirectories(path, { signal });
      // The session goes back to the folder of its login when it is given back.
      await client.changeDirectory(path, { signal });
    }
    return new RemoteTree(await client.workingDirectory({ signal }), isExact);
  }

  /** As the server takes it. */
  pathOf(path: string): string {
    if (path === '') return this.#root;
    return this.#root.endsWith('/') ? this.#root + path : `${this.#root}/${path}`;
  }

  show(path: string): string {
    return this.pathOf(path);
  }

  async list(path: string, client: Client, signal: AbortSignal): Promise<TreeListing> {
    const entries: TreeEntry[] = [];
    const unknownLines: string[] = [];
    for await (const entry of client.list(this.pathOf(path), { signal })) {
      if (entry.raw !== undefined) {
        if (unknownLines.length < unknownLinesShown) unknownLines.push(entry.raw);
        continue;
      }
      if (entries.length >= maxFolderEntries) {
        const message = `The folder "${printable(this.show(path))}" has more than ${maxFolderEntries} entries; it was left out.`;
        throw new TwinlineError('ERR_TWINLINE_LISTING_TOO_LONG', message);
      }
      const { name, type, size, modifiedMs, modifiedUncertain } = entry;
      entries.push({
        name,
        type,
        ...(size === undefined ? {} : { size }),
        ...(modifiedMs === undefined ? {} : { modifiedMs }),
        ...(modifiedUncertain === true ? { modifiedUncertain } : {}),
      });
    }
    return { entries, isExact: this.isExact, unknownLines };
  }

  /** Sizes of the files of a folder by name, as MLSD tells them; none where the server has taken LIST for it. */
  async exactSizes(path: string, client: Client, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    const sizes = new Map<string, number>();
    let verb: ListingFacts['verb'] | undefined;
    const onListing = (facts: ListingFacts): void => void ({ verb } = facts);
    for await (const { name, type, size, raw } of client.list(this.pathOf(path), { signal, onListing })) {
      if (raw !== undefined || type !== 'file' || size === undefined) continue;
      if (sizes.size < maxFolderEntries) sizes.set(name, size);
    }
    return verb === 'MLSD' ? sizes : new Map();
  }

  async makeFolder(path: string, client: Client, signal: AbortSignal): Promise<void> {
    await client.makeDirectories(this.pathOf(path), { signal });
  }

  async removeFile(path: string, client: Client, signal: AbortSignal): Promise<void> {
    await client.remove(this.pathOf(path), { signal });
  }

  async removeFolder(path: string, client: Client, signal: AbortSignal): Promise<void> {
    await client.removeDirectory(this.pathOf(path), { signal });
  }
}
