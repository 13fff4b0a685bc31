/**
 * The root folder and the proof that what was opened stands inside it. Paths are checked after they were opened, on the
 * descriptor: see docs/decisions/0003-paths-are-checked-on-open-descriptors.md.
 */

import type { Stats } from 'node:fs';

import { decodePathText, parentPath } from '../../protocol/index.ts';
import { hiddenPrefix } from '../path-names.ts';
import type { ViewOptions } from '../storage-backend.ts';
import { storageError } from '../storage-error.ts';
import {
  type Descriptors,
  fstat,
  type HostPath,
  lstat,
  openFlags,
  placeOf,
  realpath,
  toHostPath,
} from './descriptors.ts';
import { errnoOf } from './errno.ts';

/**
 * `descriptor`: by the kernel's own account of where a descriptor is (`/proc/self/fd`, Linux); no swap of folders and
 * links in between can deceive it. `realpath`: by the resolved path, where there is no such account; somebody who can
 * swap folders of the root for links on the host at the right moment can deceive it.
 */
export type PathCheck = 'descriptor' | 'realpath';

/** An open folder that was found inside the root. */
export interface OpenFolder {
  readonly fd: number;
  /** What reaches the entry `name` (path text) of this very folder, wherever the folder has moved since. */
  child(name: string): HostPath;
  /** What stands before the name there, as path text. */
  readonly childPrefix: string;
  close(): Promise<void>;
  /** Closes without anybody waiting. */
  release(): void;
}

/** Something that was found inside the root, whatever its type. */
export interface Found {
  /** What reaches this very thing. */
  readonly self: HostPath;
  readonly stats: Stats;
}

interface Inside<T> {
  readonly fd: number;
  /** The real path behind the root, in Latin-1. */
  readonly real: string;
  readonly stats: T;
}

/** Whether a thing itself is used, or something in it. */
type Use = 'entry' | 'folder';

type Inspect<T> = (fd: number) => Promise<T>;

const hiddenWithin = new RegExp(`(^|/)${hiddenPrefix.replace('.', '\\.')}`, 'i');

/** The root of one storage. Methods reject with `StorageError` or with errors of the operating system. */
export class ConfinedRoot {
  readonly descriptors: Descriptors;
  readonly pathCheck: PathCheck;
  /** The real path as path text, and as Latin-1 characters for its bytes. */
  readonly #text: string;
  readonly #bytes: string;
  readonly #mayFollow: ViewOptions['mayFollow'];

  constructor(realRoot: Buffer, pathCheck: PathCheck, descriptors: Descriptors, options: ViewOptions = {}) {
    this.descriptors = descriptors;
    this.#mayFollow = options.mayFollow;
    this.pathCheck = pathCheck;
    this.#text = realRoot.length === 1 ? '' : decodePathText(realRoot);
    this.#bytes = realRoot.length === 1 ? '' : realRoot.toString('latin1');
  }

  /** A root of its own for the folder, which may itself be behind links inside this root, or not be there yet. */
  async view(folder: string, descriptors: Descriptors, options: ViewOptions): Promise<ConfinedRoot> {
    const literal = this.#hostPath(folder);
    const real = await realpath(literal).catch(() => undefined);
    const isInside = real !== undefined && this.#within(real.toString('latin1')) !== undefined;
    const root = isInside ? real : Buffer.from(literal);
    return new ConfinedRoot(root, this.pathCheck, descriptors, options);
  }

  /** Opens a file for reading, following links; `not-found` when it is outside the root. It may still be no file. */
  openFile(path: string): Promise<{ readonly fd: number; readonly stats: Stats }> {
    return this.#tellNothingOutside(path, () =>
      this.#openInside(path, this.#hostPath(path), openFlags.read, 'entry', fstat),
    );
  }

  /** Opens a folder: `place` to act on its entries, `folder` to read or sync it as well. */
  openFolder(path: string, how: 'place' | 'folder' = 'place'): Promise<OpenFolder> {
    const flags = how === 'place' && this.pathCheck === 'descriptor' ? openFlags.folderPlace : openFlags.folder;
    return this.#tellNothingOutside(path, async () => {
      const { fd, real } = await this.#openInside(path, this.#hostPath(path), flags, 'folder');
      const prefix = this.pathCheck === 'descriptor' ? '' : `${this.#text}${textOf(real)}`;
      return this.#folder(fd, prefix, flags === openFlags.folderPlace);
    });
  }

  /** Opens the folder `name` of an open folder, never through a link; it needs no further check. */
  async openSubfolder(folder: OpenFolder, name: string): Promise<OpenFolder> {
    const own = folder.child(name);
    const fd = await this.descriptors.open(own, openFlags.folderItself);
    return this.#folder(fd, this.pathCheck === 'descriptor' ? '' : textOfHostPath(own));
  }

  /** `real` is the folder's real path where a path is all that reaches its entries. */
  #folder(fd: number, real: string, isPlace = false): OpenFolder {
    const prefix = this.pathCheck === 'descriptor' ? `/proc/self/fd/${fd}/` : `${real}/`;
    return {
      fd,
      child: (name) => toHostPath(prefix + name),
      childPrefix: prefix,
      close: () => this.descriptors.close(fd),
      release: () => (isPlace ? this.descriptors.releasePlace(fd) : this.descriptors.release(fd)),
    };
  }

  /** Finds what stands under a virtual path, following links, without opening it; runs `use` while it is held. */
  find<T>(path: string, use: (found: Found) => Promise<T> | T): Promise<T> {
    return this.#tellNothingOutside(path, () => this.#find(path, this.#hostPath(path), use));
  }

  /** The same behind the link `own`, an entry of a folder that is inside; `not-found` for every link that fails. */
  async findBehindLink<T>(path: string, own: HostPath, use: (found: Found) => Promise<T> | T): Promise<T> {
    try {
      return await this.#find(path, own, use);
    } catch (error) {
      throw errnoOf(error) === undefined ? error : storageError('not-found', path, error);
    }
  }

  /** The virtual path of what the link `own` leads to; `not-found` for every link that fails or leads out. */
  async resolveLink(path: string, own: HostPath): Promise<string> {
    let real: Buffer;
    try {
      real = await realpath(own);
    } catch (error) {
      throw storageError('not-found', path, error);
    }
    const within = this.#within(real.toString('latin1'));
    if (within === undefined) throw storageError('not-found', path);
    this.#checkFollowed(path, within, 'entry');
    return textOf(within) || '/';
  }

  /** The real path on the host of what stands under a virtual path, links followed; `not-found` outside the root. */
  realHostPath(path: string): Promise<HostPath> {
    return this.#tellNothingOutside(path, async () => {
      const real = await realpath(this.#hostPath(path));
      if (this.#within(real.toString('latin1')) === undefined) throw storageError('not-found', path);
      return real;
    });
  }

  async #find<T>(path: string, hostPath: HostPath, use: (found: Found) => Promise<T> | T): Promise<T> {
    if (this.pathCheck === 'realpath') {
      const real = await realpath(hostPath);
      const within = this.#within(real.toString('latin1'));
      if (within === undefined) throw storageError('not-found', path);
      this.#checkFollowed(path, within, 'entry');
      return use({ self: real, stats: await lstat(real) });
    }
    const { fd, stats } = await this.#openInside(path, hostPath, openFlags.place, 'entry', fstat);
    try {
      return await use({ self: `/proc/self/fd/${fd}`, stats });
    } finally {
      this.descriptors.releasePlace(fd);
    }
  }

  /** The path on the host for a virtual path, before anything is known about it. */
  #hostPath(path: string): HostPath {
    return toHostPath(path === '/' ? this.#text || '/' : this.#text + path);
  }

  /**
   * An error of the system about a path that leads out of the root would tell what is there. It is passed on only if the
   * nearest part of the path that can be found is inside.
   */
  async #tellNothingOutside<T>(path: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (errnoOf(error) === undefined || errnoOf(error) === 'ENOENT' || (await this.#leadsInside(path))) throw error;
      throw storageError('not-found', path, error);
    }
  }

  async #leadsInside(path: string): Promise<boolean> {
    for (let part = path; part !== '/'; part = parentPath(part)) {
      try {
        await this.#find(part, this.#hostPath(part), () => undefined);
        return true;
      } catch (error) {
        if (errnoOf(error) === undefined) return false;
      }
    }
    return true;
  }

  /** Opens and checks; `inspect` runs beside the check and its result counts only when the check has passed. */
  async #openInside(path: string, hostPath: HostPath, flags: number, use: Use): Promise<Inside<undefined>>;
  async #openInside<T>(
    path: string,
    hostPath: HostPath,
    flags: number,
    use: Use,
    inspect: Inspect<T>,
  ): Promise<Inside<T>>;
  async #openInside<T>(
    path: string,
    hostPath: HostPath,
    flags: number,
    use: Use,
    inspect?: Inspect<T>,
  ): Promise<Inside<T | undefined>> {
    const fd = await this.descriptors.open(hostPath, flags);
    try {
      const [where, stats] = await Promise.all([this.#whereIs(fd, hostPath), inspect?.(fd)]);
      const real = this.#within(where);
      if (real === undefined) throw storageError('not-found', path);
      this.#checkFollowed(path, real, use);
      return { fd, real, stats };
    } catch (error) {
      await this.descriptors.close(fd);
      throw error;
    }
  }

  /** A link that may not be followed is not there. `within` is the real path behind the root, in Latin-1. */
  #checkFollowed(path: string, within: string, use: Use): void {
    if (this.#mayFollow === undefined) return;
    const real = textOf(within) || '/';
    if (real !== path && !this.#mayFollow(path, real, use)) throw storageError('not-found', path);
  }

  /** The real path of what is open, in Latin-1. */
  async #whereIs(fd: number, hostPath: HostPath): Promise<string> {
    if (this.pathCheck === 'descriptor') return placeOf(fd);
    const real = await realpath(hostPath);
    const [opened, found] = await Promise.all([fstat(fd), lstat(real)]);
    return opened.ino === found.ino && opened.dev === found.dev ? real.toString('latin1') : '';
  }

  /** The part of a real path behind the root, `''` for the root itself; undefined outside and for hidden things. */
  #within(real: string): string | undefined {
    if (!real.startsWith(this.#bytes)) return undefined;
    const rest = real.slice(this.#bytes.length);
    if (rest !== '' && !rest.startsWith('/')) return undefined;
    return hiddenWithin.test(rest) ? undefined : rest === '/' ? '' : rest;
  }
}

function textOf(latin1: string): string {
  return decodePathText(Buffer.from(latin1, 'latin1'));
}

function textOfHostPath(path: HostPath): string {
  return typeof path === 'string' ? path : decodePathText(path);
}
