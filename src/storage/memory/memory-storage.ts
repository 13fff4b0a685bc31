/** A storage backend in memory, with the same promises as one on disk, for tests and examples. */

import { freemem } from 'node:os';

import { baseName, type Entry } from '../../protocol/index.ts';
import type {
  ReadHandle,
  StorageBackend,
  StorageUsage,
  StorageUser,
  SweepReport,
  WriteHandle,
  WriteMode,
} from '../storage-backend.ts';
import { storageError } from '../storage-error.ts';
import { MemoryReadHandle, MemoryWriteHandle, type OpenHandle } from './handles.ts';
import { entryOf, holds, partKey, Tree, usageOf, type FolderNode, type Place } from './tree.ts';

export interface MemoryStorageOptions {
  /** The time for new files and for sweeps, in milliseconds since 1970 UTC; the system clock by default. */
  readonly now?: () => number;
}

const batchSize = 256;

/** Creates an empty storage. */
export function createMemoryStorage(options: MemoryStorageOptions = {}): StorageBackend {
  return new MemoryStorage(options.now ?? Date.now);
}

class MemoryStorage implements StorageBackend {
  readonly #now: () => number;
  readonly #tree: Tree;
  readonly #open = new Set<OpenHandle>();
  readonly #forget = (handle: OpenHandle): void => void this.#open.delete(handle);
  #closed = false;

  constructor(now: () => number) {
    this.#now = now;
    this.#tree = new Tree(now());
  }

  async stat(path: string): Promise<Entry> {
    this.#checkOpen(path);
    return entryOf(baseName(path), this.#tree.find(path));
  }

  async *list(path: string): AsyncIterable<readonly Entry[]> {
    this.#checkOpen(path);
    const names = [...this.#tree.findFolder(path).children];
    for (let index = 0; index < names.length; index += batchSize) {
      this.#checkOpen(path);
      yield names.slice(index, index + batchSize).map(([name, node]) => entryOf(name, node));
    }
  }

  async openRead(path: string): Promise<ReadHandle> {
    this.#checkOpen(path);
    const node = this.#tree.find(path);
    if (node.kind === 'directory') throw storageError('is-a-directory', path);
    return this.#track(new MemoryReadHandle(path, node.content, this.#forget));
  }

  async openWrite(path: string, user: StorageUser, mode: WriteMode): Promise<WriteHandle> {
    const place = this.#findPlace(path, 'is-a-directory');
    if (place.node?.kind === 'directory') throw storageError('is-a-directory', path);
    if (place.node !== undefined && mode.mustBeNew === true) throw storageError('already-exists', path);
    const key = partKey(user.name, place.name);
    const head = takeHead(place, key, mode, path);
    const ends = {
      commit: (content: Buffer) => this.#commit(path, place, key, content, mode.mustBeNew),
      keep: (content: Buffer) => void place.folder.parts.set(key, { content, modifiedMs: this.#now() }),
    };
    return this.#track(new MemoryWriteHandle(path, place.folder, head, ends, this.#forget));
  }

  async partialSize(path: string, user: StorageUser): Promise<number | undefined> {
    this.#checkOpen(path);
    const place = this.#tree.findPlace(path);
    if (place === undefined) return undefined;
    const { folder, name } = place;
    return folder.parts.get(partKey(user.name, name))?.content.length;
  }

  async openPart(path: string, user: StorageUser): Promise<ReadHandle | undefined> {
    this.#checkOpen(path);
    const place = this.#tree.findPlace(path);
    const part = place?.folder.parts.get(partKey(user.name, place.name));
    return part === undefined ? undefined : this.#track(new MemoryReadHandle(path, part.content, this.#forget));
  }

  async makeDirectory(path: string): Promise<void> {
    const { folder, name, node } = this.#findPlace(path, 'already-exists');
    if (node !== undefined) throw storageError('already-exists', path);
    folder.children.set(name, this.#tree.createFolder(this.#now()));
    folder.modifiedMs = this.#now();
  }

  async removeDirectory(path: string): Promise<void> {
    const { folder, name, node } = this.#findPlace(path, 'permission-denied');
    if (node === undefined) throw storageError('not-found', path);
    if (node.kind !== 'directory') throw storageError('not-a-directory', path);
    if (node.children.size > 0) throw storageError('not-empty', path);
    if (node.uploads.size > 0) throw storageError('busy', path);
    folder.children.delete(name);
    folder.modifiedMs = this.#now();
  }

  async removeFile(path: string): Promise<number> {
    const { folder, name, node } = this.#findPlace(path, 'is-a-directory');
    if (node === undefined) throw storageError('not-found', path);
    if (node.kind === 'directory') throw storageError('is-a-directory', path);
    folder.children.delete(name);
    folder.modifiedMs = this.#now();
    return node.content.length;
  }

  async rename(from: string, to: string): Promise<number | undefined> {
    const source = this.#findPlace(from, 'permission-denied');
    const target = this.#findPlace(to, 'already-exists');
    if (source.node === undefined) throw storageError('not-found', from);
    if (source.node === target.node) return undefined;
    if (target.node?.kind === 'directory') {
      throw storageError(source.node.kind === 'directory' ? 'already-exists' : 'is-a-directory', to);
    }
    if (target.node !== undefined && source.node.kind === 'directory') throw storageError('not-a-directory', to);
    if (holds(source.node, target.folder)) throw storageError('not-supported', to);
    source.folder.children.delete(source.name);
    target.folder.children.set(target.name, source.node);
    source.folder.modifiedMs = target.folder.modifiedMs = this.#now();
    return target.node?.content.length;
  }

  async setModified(path: string, modifiedMs: number): Promise<void> {
    this.#checkOpen(path);
    this.#tree.find(path).modifiedMs = modifiedMs;
  }

  async setCreated(path: string, createdMs: number): Promise<void> {
    this.#checkOpen(path);
    this.#tree.find(path).createdMs = createdMs;
  }

  async setMode(path: string, mode: number): Promise<void> {
    this.#checkOpen(path);
    this.#tree.find(path).mode = mode;
  }

  async freeBytes(path: string): Promise<number> {
    this.#checkOpen(path);
    this.#tree.findFolder(path);
    return freemem();
  }

  async usage(path: string): Promise<StorageUsage> {
    this.#checkOpen(path);
    return usageOf(this.#tree.find(path), false);
  }

  async sweep(maxAgeMs: number): Promise<SweepReport> {
    this.#checkOpen('/');
    const report = { kept: 0, removed: 0, bytesRemoved: 0 };
    sweepFolder(this.#tree.root, this.#now() - maxAgeMs, report);
    return report;
  }

  openHandles(): number {
    return this.#open.size;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#open].map((handle) => handle.closeForShutdown()));
  }

  #commit(path: string, { folder, name }: Place, key: string, content: Buffer, mustBeNew = false): void {
    if (mustBeNew && folder.children.has(name)) throw storageError('already-exists', path);
    if (folder.children.get(name)?.kind === 'directory') throw storageError('is-a-directory', path);
    const replaced = folder.children.get(name);
    const file = this.#tree.createFile(content, this.#now());
    if (replaced !== undefined) file.mode = replaced.mode;
    folder.children.set(name, file);
    folder.parts.delete(key);
    folder.modifiedMs = this.#now();
  }

  #findPlace(path: string, kindForRoot: 'is-a-directory' | 'already-exists' | 'permission-denied'): Place {
    this.#checkOpen(path);
    const place = this.#tree.findPlace(path);
    if (place === undefined) throw storageError(kindForRoot, path);
    return place;
  }

  #track<H extends OpenHandle>(handle: H): H {
    this.#open.add(handle);
    return handle;
  }

  #checkOpen(path: string): void {
    if (this.#closed) throw storageError('aborted', path);
  }
}

/** The bytes that stand before the first write; takes the interrupted upload away from others who would resume it. */
function takeHead({ folder, node }: Place, key: string, mode: WriteMode, path: string): Buffer {
  if (mode.kind === 'replace') return Buffer.alloc(0);
  const part = folder.parts.get(key);
  const source = part?.content ?? (node?.kind === 'file' ? node.content : Buffer.alloc(0));
  const offset = mode.kind === 'resume' ? mode.offset : source.length;
  if (!Number.isSafeInteger(offset) || offset < 0 || offset > source.length) throw storageError('bad-offset', path);
  folder.parts.delete(key);
  return source.subarray(0, offset);
}

function sweepFolder(
  folder: FolderNode,
  oldestMs: number,
  report: { kept: number; removed: number; bytesRemoved: number },
): void {
  for (const [key, part] of folder.parts) {
    if (part.modifiedMs >= oldestMs) {
      report.kept += 1;
      continue;
    }
    folder.parts.delete(key);
    report.removed += 1;
    report.bytesRemoved += part.content.length;
  }
  for (const child of folder.children.values()) {
    if (child.kind === 'directory') sweepFolder(child, oldestMs, report);
  }
}
