/**
 * The local side of a mirror: a folder that nothing leads out of. Each folder is opened from the one above it without
 * following a link, and everything is done through the open folder, so that a folder that is swapped for a link in the
 * meantime changes nothing. Where the system has no names for open folders, real paths are compared before each use.
 */

import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, opendir, realpath, rmdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { TwinlineError } from '../../errors/index.ts';
import { decodePathText, type EntryType, printable } from '../../protocol/index.ts';
import { localFileError } from '../local-error.ts';
import { nativePath } from '../native-path.ts';
import { splitPath, type Tree, type TreeEntry, type TreeListing } from './tree.ts';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;
const folderFlags = O_RDONLY | O_DIRECTORY | O_NONBLOCK;

/** Folders that stay open although nobody uses them, for the next file in them. */
const idleFolders = 16;
/** Entries that are examined at once. */
const examinedAtOnce = 32;

interface OpenFolder {
  /** What stands before a name in it, with a slash at the end. */
  readonly prefix: string;
  readonly handle: FileHandle | undefined;
}

interface HeldFolder {
  readonly opened: Promise<OpenFolder>;
  users: number;
}

export class LocalTree implements Tree {
  readonly side = 'local';
  readonly #root: string;
  /** The root without links. */
  readonly #realRoot: string;
  /** Open folders have names under /proc/self/fd. */
  readonly #hasNames: boolean;
  readonly #held = new Map<string, HeldFolder>();

  private constructor(root: string, realRoot: string, hasNames: boolean) {
    this.#root = root;
    this.#realRoot = realRoot;
    this.#hasNames = hasNames;
  }

  /**
   * The folder must be there; a link at its own place is followed. Folders are held open where the system names open folders,
   * unless `check` asks for real paths. Throws `ERR_TWINLINE_LOCAL_FILE`.
   */
  static async open(root: string, check?: 'real-path'): Promise<LocalTree> {
    try {
      const realRoot = await realpath(root);
      return new LocalTree(root, realRoot, check === undefined && (await openFoldersHaveNames(realRoot)));
    } catch (error) {
      throw localFileError(root, 'opened', error);
    }
  }

  show(path: string): string {
    return path === '' ? this.#root : join(this.#root, path);
  }

  /** Gives `use` what to put before a name in the folder; the folder stays open until it settles. */
  async withFolder<Result>(path: string, use: (prefix: string) => Promise<Result>): Promise<Result> {
    const held = this.#hold(path);
    try {
      return await use((await held.opened).prefix);
    } finally {
      held.users -= 1;
      this.#closeIdle();
    }
  }

  #hold(path: string): HeldFolder {
    const known = this.#held.get(path);
    // The order of the map is that of the last use.
    if (known !== undefined) this.#held.delete(path);
    const held = known ?? { opened: this.#open(path), users: 0 };
    held.users += 1;
    this.#held.set(path, held);
    held.opened.catch(() => this.#held.get(path) === held && this.#held.delete(path));
    return held;
  }

  #closeIdle(): void {
    let spare = this.#held.size - idleFolders;
    for (const [path, held] of this.#held) {
      // Real paths are checked for each use.
      if (this.#hasNames && spare <= 0) return;
      if (held.users > 0) continue;
      this.#held.delete(path);
      spare -= 1;
      void closeFolder(held);
    }
  }

  async #open(path: string): Promise<OpenFolder> {
    try {
      if (!this.#hasNames) return await this.#openByRealPath(path);
      if (path === '') return await named(await open(this.#realRoot, folderFlags));
      const [parent, name] = splitPath(path);
      return await this.withFolder(parent, async (prefix) =>
        named(await open(nativePath(prefix + name), folderFlags | O_NOFOLLOW)),
      );
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ELOOP' || code === 'ENOTDIR') throw this.#leadsAway(path);
      throw localFileError(this.show(path), 'opened', error);
    }
  }

  async #openByRealPath(path: string): Promise<OpenFolder> {
    const expected = path === '' ? this.#realRoot : join(this.#realRoot, path);
    const real = decodePathText(await realpath(nativePath(expected), { encoding: 'buffer' }));
    if (real !== expected) throw this.#leadsAway(path);
    return { prefix: `${expected}/`, handle: undefined };
  }

  #leadsAway(path: string): TwinlineError {
    const message = `"${printable(this.show(path))}" is a link or no folder, and nothing is read or written through it; remove it first.`;
    return new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message);
  }

  async list(path: string): Promise<TreeListing> {
    return this.withFolder(path, async (prefix) => {
      try {
        const entries: TreeEntry[] = [];
        let batch: Promise<TreeEntry | undefined>[] = [];
        const take = async (): Promise<void> => {
          for (const entry of await Promise.all(batch)) if (entry !== undefined) entries.push(entry);
          batch = [];
        };
        // Latin-1 gives a character for each byte of a name, so that no byte is lost.
        for await (const { name } of await opendir(nativePath(prefix), { encoding: 'latin1', bufferSize: 256 })) {
          batch.push(examine(prefix, decodePathText(Buffer.from(name, 'latin1'))));
          if (batch.length >= examinedAtOnce) await take();
        }
        await take();
        return { entries, isExact: true, unknownLines: [] };
      } catch (error) {
        throw localFileError(this.show(path), 'read', error);
      }
    });
  }

  async makeFolder(path: string): Promise<void> {
    await this.#change(path, 'created', async (native) => {
      await mkdir(native).catch(async (error: NodeJS.ErrnoException) => {
        // An earlier run may have made it; whether it leads away is seen when it is opened.
        if (error.code !== 'EEXIST') throw error;
      });
    });
  }

  async removeFile(path: string): Promise<void> {
    await this.#change(path, 'removed', unlink);
  }

  async removeFolder(path: string): Promise<void> {
    const held = this.#held.get(path);
    if (held?.users === 0) {
      this.#held.delete(path);
      await closeFolder(held);
    }
    await this.#change(path, 'removed', rmdir);
  }

  async #change(path: string, act: string, change: (native: string | Buffer) => Promise<void>): Promise<void> {
    const [parent, name] = splitPath(path);
    await this.withFolder(parent, async (prefix) => {
      try {
        await change(nativePath(prefix + name));
      } catch (error) {
        throw localFileError(this.show(path), act, error);
      }
    });
  }

  /** True when `README` and `readme` are one file here. Finds out by a hidden folder that is removed again. */
  async ignoresCase(): Promise<boolean> {
    const name = `.twinline-probe-${process.pid}`;
    return this.withFolder('', async (prefix) => {
      try {
        await mkdir(nativePath(prefix + name));
        try {
          await lstat(nativePath(prefix + name.toUpperCase()));
          return true;
        } finally {
          await rmdir(nativePath(prefix + name));
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
        throw localFileError(this.show(''), 'written', error);
      }
    });
  }

  /** Closes every folder. */
  async close(): Promise<void> {
    const all = [...this.#held.values()];
    this.#held.clear();
    await Promise.all(all.map(closeFolder));
  }
}

/** Whether `/proc/self/fd` tells the truth about an open folder and leads into it. Throws where the folder cannot be read. */
async function openFoldersHaveNames(folder: string): Promise<boolean> {
  // Windows opens no folders.
  if (process.platform === 'win32') return false;
  const handle = await open(folder, folderFlags);
  try {
    const through = await stat(`/proc/self/fd/${handle.fd}/.`).catch(() => undefined);
    const direct = await handle.stat();
    return through?.ino === direct.ino && through.dev === direct.dev;
  } finally {
    await handle.close();
  }
}

async function named(handle: FileHandle): Promise<OpenFolder> {
  return { prefix: `/proc/self/fd/${handle.fd}/`, handle };
}

async function closeFolder({ opened }: HeldFolder): Promise<void> {
  const folder = await opened.catch(() => undefined);
  await folder?.handle?.close();
}

async function examine(prefix: string, name: string): Promise<TreeEntry | undefined> {
  try {
    const stats = await lstat(nativePath(prefix + name));
    return { name, type: typeOf(stats), size: stats.size, modifiedMs: stats.mtimeMs };
  } catch (error) {
    // Removed since the folder was read.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function typeOf(stats: Stats): EntryType {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  return stats.isSymbolicLink() ? 'symlink' : 'other';
}

/** Makes the folder and those above it, unless it is there. Throws `ERR_TWINLINE_LOCAL_FILE`. */
export async function makeLocalRoot(root: string): Promise<void> {
  try {
    await mkdir(root, { recursive: true });
  } catch (error) {
    throw localFileError(root, 'created', error);
  }
}
