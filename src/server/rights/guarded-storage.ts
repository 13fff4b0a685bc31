/**
 * A storage as one user may use it: the one gate that every path passes. What the user may not do is refused before the
 * storage is asked, so that the refusal is the same whether something is there or not.
 */

import { StorageError } from '../../errors/index.ts';
import { type Entry, printable } from '../../protocol/index.ts';
import {
  explainedStorageError,
  type ReadHandle,
  type StorageBackend,
  type StorageUsage,
  type StorageUser,
  type SweepReport,
  unlessNotFound,
  type WriteHandle,
  type WriteMode,
} from '../../storage/index.ts';
import type { Right } from '../../users/index.ts';
import type { AccessRights } from './access-rights.ts';
import { permLetters } from './perm-letters.ts';

const deeds: Readonly<Record<Right, string>> = {
  list: 'list or look at',
  read: 'read',
  write: 'upload new files to',
  overwrite: 'replace or change files at',
  append: 'append to files at',
  delete: 'delete files at',
  rename: 'rename from or to',
  mkdir: 'make directories at',
  rmdir: 'remove directories at',
  attributes: 'change times or modes at',
  symlink: 'make links at',
};

export interface GuardOptions {
  readonly rights: AccessRights;
  /** Mount points, for the `perm` fact: they stay where they are. */
  readonly mountPaths?: readonly string[];
}

/** The guard of `inner`, which it closes with itself. It sets the `perm` fact of every entry. */
export class GuardedStorage implements StorageBackend {
  readonly #inner: StorageBackend;
  readonly #rights: AccessRights;
  readonly #mountPaths: readonly string[];
  readonly openPart?: NonNullable<StorageBackend['openPart']>;
  readonly setCreated?: NonNullable<StorageBackend['setCreated']>;
  readonly setMode?: NonNullable<StorageBackend['setMode']>;
  readonly makeLink?: NonNullable<StorageBackend['makeLink']>;
  readonly freeBytes?: NonNullable<StorageBackend['freeBytes']>;

  constructor(inner: StorageBackend, { rights, mountPaths = [] }: GuardOptions) {
    this.#inner = inner;
    this.#rights = rights;
    this.#mountPaths = mountPaths;
    if (inner.openPart !== undefined) {
      this.openPart = async (path, user) =>
        rights.mayAny(path, 'write', 'overwrite', 'append') ? inner.openPart?.(path, user) : undefined;
    }
    if (inner.setCreated !== undefined) {
      this.setCreated = async (path, createdMs) => {
        this.#need(path, 'attributes');
        await inner.setCreated?.(path, createdMs);
      };
    }
    if (inner.setMode !== undefined) {
      this.setMode = async (path, mode) => {
        this.#need(path, 'attributes');
        await inner.setMode?.(path, mode);
      };
    }
    if (inner.makeLink !== undefined) {
      this.makeLink = async (path, target) => {
        this.#need(path, 'symlink');
        if (!rights.mayAny(target, 'list', 'read')) throw this.#refusal(target, 'list');
        await inner.makeLink?.(path, target);
      };
    }
    if (inner.freeBytes !== undefined) {
      this.freeBytes = async (path) => {
        if (!rights.mayEnter(path)) throw this.#refusal(path, 'list');
        return (await inner.freeBytes?.(path)) ?? 0;
      };
    }
  }

  #refusal(path: string, right: Right): StorageError {
    return explainedStorageError('permission-denied', path, `Permission denied: you may not ${deeds[right]} this path`);
  }

  #need(path: string, right: Right): void {
    if (!this.#rights.may(path, right)) throw this.#refusal(path, right);
  }

  #isFixed(path: string): boolean {
    return path === '/' || this.#mountPaths.some((mount) => mount === path || mount.startsWith(`${path}/`));
  }

  #withPerm(path: string, entry: Entry): Entry {
    return { ...entry, perm: permLetters(this.#rights, path, entry.type, this.#isFixed(path)) };
  }

  /** Folders that lead to something may be entered by whoever knows their name; anything else needs `list` or `read`. */
  async stat(path: string): Promise<Entry> {
    if (this.#rights.mayAny(path, 'list', 'read')) return this.#withPerm(path, await this.#inner.stat(path));
    if (!this.#rights.mayEnter(path)) throw this.#refusal(path, 'list');
    const entry = await this.#inner.stat(path).catch((error: unknown) => {
      if (error instanceof StorageError && error.kind !== 'aborted') return undefined;
      throw error;
    });
    if (entry?.type !== 'directory') throw this.#refusal(path, 'list');
    return this.#withPerm(path, entry);
  }

  async *list(path: string): AsyncIterable<readonly Entry[]> {
    this.#need(path, 'list');
    const prefix = path === '/' ? '/' : `${path}/`;
    for await (const batch of this.#inner.list(path)) {
      const visible = batch.filter(({ name }) => this.#rights.may(prefix + name, 'list'));
      yield visible.map((entry) => this.#withPerm(prefix + entry.name, entry));
    }
  }

  async openRead(path: string): Promise<ReadHandle> {
    this.#need(path, 'read');
    return this.#inner.openRead(path);
  }

  async openWrite(path: string, user: StorageUser, mode: WriteMode): Promise<WriteHandle> {
    return this.#inner.openWrite(path, user, await this.#allowedMode(path, user, mode));
  }

  /** How the upload may begin, or a refusal: what is there decides which right is needed. */
  async #allowedMode(path: string, user: StorageUser, mode: WriteMode): Promise<WriteMode> {
    const mayCreate = this.#rights.may(path, 'write');
    const mayReplace = this.#rights.may(path, 'overwrite');
    if (mayCreate && mayReplace) return mode;
    if (!this.#rights.mayAny(path, 'write', 'overwrite', 'append')) throw this.#refusal(path, 'write');
    const existing = await unlessNotFound(this.#inner.stat(path));
    if (existing === undefined) {
      if (mayCreate) return { ...mode, mustBeNew: true };
      throw this.#refusal(path, 'write');
    }
    if (mayReplace && mode.mustBeNew !== true) return mode;
    if (this.#rights.may(path, 'append') && (await this.#isAppending(path, user, mode, existing))) return mode;
    throw this.#refusal(path, mode.kind === 'append' ? 'append' : 'overwrite');
  }

  /** An interrupted upload would replace the file, whatever is written behind it. */
  async #isAppending(path: string, user: StorageUser, mode: WriteMode, existing: Entry): Promise<boolean> {
    const isBehind = mode.kind === 'append' || (mode.kind === 'resume' && mode.offset === existing.size);
    return isBehind && (await this.#inner.partialSize(path, user)) === undefined;
  }

  async partialSize(path: string, user: StorageUser): Promise<number | undefined> {
    if (!this.#rights.mayAny(path, 'write', 'overwrite', 'append')) return undefined;
    return this.#inner.partialSize(path, user);
  }

  async makeDirectory(path: string): Promise<void> {
    this.#need(path, 'mkdir');
    await this.#inner.makeDirectory(path);
  }

  async removeDirectory(path: string): Promise<void> {
    this.#need(path, 'rmdir');
    await this.#inner.removeDirectory(path);
  }

  async removeFile(path: string): Promise<number> {
    this.#need(path, 'delete');
    return this.#inner.removeFile(path);
  }

  /** Both names need the right, and nothing may be won by the move; what is replaced needs `overwrite`. */
  async rename(from: string, to: string): Promise<number | undefined> {
    this.#need(from, 'rename');
    this.#need(to, 'rename');
    const source = await this.#inner.stat(from);
    if (!this.#rights.gainsNothing(from, to, source.type === 'directory')) {
      const words = `Permission denied: ${printable(to)} gives rights that you do not have for ${printable(from)}`;
      throw explainedStorageError('permission-denied', to, words);
    }
    const isFree = from === to || (await unlessNotFound(this.#inner.stat(to))) === undefined;
    if (!isFree) this.#need(to, 'overwrite');
    return this.#inner.rename(from, to);
  }

  async setModified(path: string, modifiedMs: number): Promise<void> {
    this.#need(path, 'attributes');
    await this.#inner.setModified(path, modifiedMs);
  }

  async usage(path: string): Promise<StorageUsage> {
    this.#need(path, 'list');
    return this.#inner.usage(path);
  }

  /** No command sweeps. */
  sweep(maxAgeMs: number): Promise<SweepReport> {
    return this.#inner.sweep(maxAgeMs);
  }

  openHandles(): number {
    return this.#inner.openHandles();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
