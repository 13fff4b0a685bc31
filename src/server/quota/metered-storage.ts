/** A part of the main storage in which everything that changes counts, and where nothing is begun beyond a quota. */

import type { Entry } from '../../protocol/index.ts';
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
import { MeteredUpload, type Quota, quotaExceeded } from './metered-upload.ts';
import { countClaimed } from './count-claimed.ts';
import type { Ledger } from './usage-ledger.ts';
import { type LedgerBook, runInside } from './usage-book.ts';

export interface MeteredStorageOptions {
  readonly book: LedgerBook;
  /** Folder of the main storage that `inner` shows as `/`. */
  readonly folder: string;
  /** Of the user of this session; what others change counts without bound. */
  readonly quota: Quota | undefined;
}

export class MeteredStorage implements StorageBackend {
  readonly #inner: StorageBackend;
  readonly #options: MeteredStorageOptions;
  readonly openPart?: NonNullable<StorageBackend['openPart']>;
  readonly setCreated?: NonNullable<StorageBackend['setCreated']>;
  readonly setMode?: NonNullable<StorageBackend['setMode']>;
  readonly makeLink?: NonNullable<StorageBackend['makeLink']>;
  readonly freeBytes?: NonNullable<StorageBackend['freeBytes']>;

  constructor(inner: StorageBackend, options: MeteredStorageOptions) {
    this.#inner = inner;
    this.#options = options;
    if (inner.openPart !== undefined) this.openPart = async (path, user) => inner.openPart?.(path, user);
    if (inner.setCreated !== undefined) this.setCreated = async (path, time) => inner.setCreated?.(path, time);
    if (inner.setMode !== undefined) this.setMode = async (path, mode) => inner.setMode?.(path, mode);
    if (inner.makeLink !== undefined) {
      this.makeLink = (path, target) => this.#withNewName(path, async () => inner.makeLink?.(path, target));
    }
    if (inner.freeBytes !== undefined || options.quota?.bytes !== undefined) {
      this.freeBytes = (path) => this.#freeBytes(path);
    }
  }

  #mainPath(path: string): string {
    const { folder } = this.#options;
    if (path === '/') return folder;
    return folder === '/' ? path : folder + path;
  }

  #ledgersOf(path: string): readonly Ledger[] {
    return this.#options.book.ledgersOf(this.#mainPath(path));
  }

  /** The user's own bound, where it holds for a path. */
  #quotaAt(path: string): Quota | undefined {
    const { quota } = this.#options;
    return quota?.ledger.covers(this.#mainPath(path)) === true ? quota : undefined;
  }

  async #freeBytes(path: string): Promise<number> {
    const free = this.#inner.freeBytes === undefined ? Number.MAX_SAFE_INTEGER : await this.#inner.freeBytes(path);
    const quota = this.#quotaAt(path);
    return quota?.bytes === undefined
      ? free
      : Math.min(free, Math.max(0, quota.bytes - (await quota.ledger.usage).bytes));
  }

  stat(path: string): Promise<Entry> {
    return this.#inner.stat(path);
  }

  list(path: string): AsyncIterable<readonly Entry[]> {
    return this.#inner.list(path);
  }

  openRead(path: string): Promise<ReadHandle> {
    return this.#inner.openRead(path);
  }

  async openWrite(path: string, user: StorageUser, mode: WriteMode): Promise<WriteHandle> {
    const ledgers = this.#ledgersOf(path);
    if (ledgers.length === 0) return this.#inner.openWrite(path, user, mode);
    const { book } = this.#options;
    return book.inTurn(this.#mainPath(path), ledgers, () => this.#beginUpload(path, user, mode, ledgers));
  }

  async #beginUpload(
    path: string,
    user: StorageUser,
    mode: WriteMode,
    ledgers: readonly Ledger[],
  ): Promise<WriteHandle> {
    const existing = await unlessNotFound(this.#inner.stat(path));
    const part = await unlessNotFound(this.#inner.partialSize(path, user));
    const reservedFiles = existing === undefined ? 1 : 0;
    const quota = this.#quotaAt(path);
    const replacedBytes = (existing?.size ?? 0) + (mode.kind === 'replace' ? (part ?? 0) : 0);
    await this.#countNames(path, ledgers, { reservedFiles });
    try {
      await this.#checkRoom(path, mode, { quota, replacedBytes, part });
      const handle = await this.#inner.openWrite(path, user, mode);
      const tookPart = mode.kind !== 'replace' && part !== undefined;
      for (const ledger of ledgers) await ledger.change(handle.startOffset - (tookPart ? part : 0), 0);
      const options = { inner: this.#inner, book: this.#options.book, ledgers, path, mainPath: this.#mainPath(path) };
      return new MeteredUpload(handle, { ...options, user, quota, replacedBytes, reservedFiles });
    } catch (error) {
      for (const ledger of ledgers) await ledger.reserve(-reservedFiles);
      throw error;
    }
  }

  /** Refuses at once what cannot succeed: the reply comes before a byte has been sent. */
  async #checkRoom(
    path: string,
    mode: WriteMode,
    upload: { quota: Quota | undefined; replacedBytes: number; part: number | undefined },
  ): Promise<void> {
    const { quota, replacedBytes, part = 0 } = upload;
    if (quota?.bytes === undefined) return;
    const usage = await quota.ledger.usage;
    const cutOff = mode.kind === 'resume' ? Math.max(0, part - mode.offset) : 0;
    const room = quota.bytes - usage.bytes + replacedBytes + cutOff;
    if (room <= 0 || (mode.expectedBytes ?? 0) > room) throw quotaExceeded(path, quota.bytes);
  }

  /** Counts names, there or to come, unless the quota has no room for them. */
  async #countNames(
    path: string,
    ledgers: readonly Ledger[],
    names: { readonly files?: number; readonly reservedFiles?: number },
  ): Promise<void> {
    const quota = this.#quotaAt(path);
    const answer = await countClaimed(ledgers, names, { ledger: quota?.ledger, maxFiles: quota?.files });
    if (answer !== 'counted') throw filesUsedUp(path, quota);
  }

  partialSize(path: string, user: StorageUser): Promise<number | undefined> {
    return this.#inner.partialSize(path, user);
  }

  /** Counts the name before it is made, so that parallel sessions cannot both take the last one. */
  #withNewName(path: string, make: () => Promise<void>): Promise<void> {
    const ledgers = this.#ledgersOf(path);
    return runInside(ledgers, async () => {
      await this.#countNames(path, ledgers, { files: 1 });
      try {
        await make();
      } catch (error) {
        for (const ledger of ledgers) await ledger.change(0, -1);
        throw error;
      }
    });
  }

  makeDirectory(path: string): Promise<void> {
    return this.#withNewName(path, () => this.#inner.makeDirectory(path));
  }

  /** The interrupted uploads in it go with it. */
  removeDirectory(path: string): Promise<void> {
    const ledgers = this.#ledgersOf(path);
    if (ledgers.length === 0) return this.#inner.removeDirectory(path);
    return runInside(ledgers, async () => {
      const { bytes } = await this.#inner.usage(path).catch(() => ({ bytes: 0 }));
      await this.#inner.removeDirectory(path);
      for (const ledger of ledgers) await ledger.change(-bytes, -1);
    });
  }

  removeFile(path: string): Promise<number> {
    const ledgers = this.#ledgersOf(path);
    return runInside(ledgers, async () => {
      const bytes = await this.#inner.removeFile(path);
      for (const ledger of ledgers) await ledger.change(-bytes, -1);
      return bytes;
    });
  }

  async rename(from: string, to: string): Promise<number | undefined> {
    const [left, entered] = [this.#ledgersOf(from), this.#ledgersOf(to)];
    const all = [...new Set([...left, ...entered])];
    const isWithin = all.length === left.length && all.length === entered.length;
    return runInside(all, async () => {
      const moved = isWithin ? undefined : await this.#usageOfMoved(from);
      if (moved !== undefined) await this.#checkMoved(from, to, moved);
      const replaced = await this.#inner.rename(from, to);
      for (const ledger of left) if (moved !== undefined) await ledger.change(-moved.bytes, -moved.files);
      for (const ledger of entered) {
        if (moved !== undefined) await ledger.change(moved.bytes, moved.files);
        if (replaced !== undefined) await ledger.change(-replaced, -1);
      }
      return replaced;
    });
  }

  async #usageOfMoved(path: string): Promise<StorageUsage> {
    const { bytes, files } = await this.#inner.usage(path);
    const { type } = await this.#inner.stat(path);
    return { bytes, files: type === 'directory' ? files + 1 : files };
  }

  async #checkMoved(from: string, to: string, moved: StorageUsage): Promise<void> {
    const quota = this.#quotaAt(to);
    if (quota === undefined || this.#quotaAt(from) !== undefined) return;
    const usage = await quota.ledger.usage;
    if (quota.files !== undefined && moved.files > 0 && usage.files + moved.files > quota.files) {
      throw filesUsedUp(to, quota);
    }
    if (quota.bytes !== undefined && usage.bytes + moved.bytes > quota.bytes) {
      throw quotaExceeded(to, quota.bytes);
    }
  }

  setModified(path: string, modifiedMs: number): Promise<void> {
    return this.#inner.setModified(path, modifiedMs);
  }

  usage(path: string): Promise<StorageUsage> {
    return this.#inner.usage(path);
  }

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

function filesUsedUp(path: string, quota: Quota | undefined): Error {
  const most = quota?.files ?? 0;
  return explainedStorageError('quota-exceeded', path, `The quota of ${most} files and directories is used up`);
}
