/** Removes what the source does not have: after everything else, all or nothing, and never what a filter keeps. */

import { TwinlineError } from '../../errors/index.ts';
import type { Client } from '../client.ts';
import type { MirrorTally } from './mirror-tally.ts';
import type { Pairing } from './pairing.ts';
import type { Filters } from './filters.ts';
import { childPath, maxTreeDepth, type Tree } from './tree.ts';

/** Entries that one mirror removes: they are all known before the first of them goes. */
const maxDeletions = 1_000_000;

interface Deletion {
  readonly path: string;
  readonly isFolder: boolean;
}

export interface DeletionParts {
  readonly target: Tree;
  readonly filters: Filters;
  readonly tally: MirrorTally;
  readonly dryRun: boolean;
  readonly maxDelete: number | undefined;
}

export class Deletions {
  readonly #parts: DeletionParts;
  readonly #extras: { readonly path: string; readonly isFolder: boolean }[] = [];

  constructor(parts: DeletionParts) {
    this.#parts = parts;
  }

  get count(): number {
    return this.#extras.length;
  }

  add(extras: Pairing['extras']): void {
    for (const { path, entry } of extras) {
      if (this.#extras.length > maxDeletions) return;
      this.#extras.push({ path, isFolder: entry.type === 'directory' });
    }
  }

  /** Removes all of them, the contents of a folder before it. Throws when they are more than allowed. */
  async run(client: Client, signal: AbortSignal): Promise<void> {
    const { tally, target, dryRun, maxDelete = maxDeletions } = this.#parts;
    const all: Deletion[] = [];
    for (const extra of this.#extras) await this.#expand(extra, client, signal, all, 0);
    if (all.length > maxDelete) {
      const message = `Nothing was removed: ${all.length} ${all.length === 1 ? 'entry' : 'entries'} would go, and no more than ${maxDelete} may. Look at them with --dry-run, and raise --max-delete if they should go.`;
      throw new TwinlineError('ERR_TWINLINE_NOT_REMOVED', message);
    }
    for (const { path, isFolder } of all) {
      try {
        if (!dryRun)
          await (isFolder ? target.removeFolder(path, client, signal) : target.removeFile(path, client, signal));
        tally.changed(isFolder ? 'folder-removed' : 'file-removed', path, target.show(path), dryRun);
      } catch (error) {
        if (signal.aborted || !client.isConnected) throw error;
        tally.failed(path, error);
      }
    }
  }

  /** Adds what is in a folder, and then the folder, unless something in it stays. True when all of it goes. */
  async #expand(
    { path, isFolder }: Deletion,
    client: Client,
    signal: AbortSignal,
    all: Deletion[],
    depth: number,
  ): Promise<boolean> {
    if (!isFolder) {
      all.push({ path, isFolder });
      return true;
    }
    const { target, filters } = this.#parts;
    const listing = await target.list(path, client, signal);
    let goes = listing.unknownLines.length === 0 && depth < maxTreeDepth;
    for (const { name, type } of goes ? listing.entries : []) {
      const child = { path: childPath(path, name), isFolder: type === 'directory' };
      const isUsable = name !== '' && name !== '.' && name !== '..' && !/[/\0\r\n]/.test(name);
      const isTaken = isUsable && filters.takes(child.path, child.isFolder);
      if (!isTaken || !(await this.#expand(child, client, signal, all, depth + 1))) goes = false;
      if (all.length > maxDeletions) return false;
    }
    if (goes) all.push({ path, isFolder: true });
    return goes;
  }
}
