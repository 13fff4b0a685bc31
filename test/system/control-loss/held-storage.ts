/** A storage whose single steps a test holds until it lets them go, so that a moment in a transfer can be stood still. */

import type { StorageErrorKind } from '../../../src/errors/index.ts';
import type { Entry } from '../../../src/protocol/index.ts';
import {
  type ReadHandle,
  type StorageBackend,
  storageError,
  type StorageUser,
  type WriteHandle,
  type WriteMode,
} from '../../../src/storage/index.ts';
import { within } from '../../../src/testing/index.ts';

/**
 * The steps that can be held. `open` is what comes before 150: `openRead`, `openWrite`, and for listings `stat`. `write` is
 * held after the bytes have been written and before the server hears so.
 */
export type HeldStep = 'open' | 'read' | 'write' | 'commit' | 'list';

class Gate {
  readonly #arrived = Promise.withResolvers<void>();
  readonly #opened = Promise.withResolvers<void>();

  readonly fails: boolean;

  constructor(failure?: StorageErrorKind) {
    this.fails = failure !== undefined;
    if (failure !== undefined) this.#opened.reject(storageError(failure, '/'));
    this.#opened.promise.catch(() => {});
  }

  async pass(): Promise<void> {
    this.#arrived.resolve();
    await this.#opened.promise;
  }

  get arrived(): Promise<void> {
    return this.#arrived.promise;
  }

  open(): void {
    this.#opened.resolve();
  }
}

/** Two parts of a listing; a gate stands between them. The second may be endless. */
export interface ListingScript {
  readonly first: readonly Entry[];
  readonly rest: Iterable<readonly Entry[]>;
}

/** Wraps a backend. Nothing is held before `hold`. */
export class HeldStorage implements StorageBackend {
  readonly #inner: StorageBackend;
  readonly #gates = new Map<HeldStep, Gate>();
  /** Reads at this offset and behind it, and writes that come so far, pass their gates. */
  #heldFrom = 0;
  #listing: ListingScript | undefined;
  #written = 0;
  #watchers = new Set<() => void>();
  readonly makeDirectory: StorageBackend['makeDirectory'];
  readonly removeDirectory: StorageBackend['removeDirectory'];
  readonly removeFile: StorageBackend['removeFile'];
  readonly rename: StorageBackend['rename'];
  readonly setModified: StorageBackend['setModified'];
  readonly partialSize: StorageBackend['partialSize'];
  readonly usage: StorageBackend['usage'];
  readonly sweep: StorageBackend['sweep'];

  constructor(inner: StorageBackend) {
    this.#inner = inner;
    this.makeDirectory = (path) => inner.makeDirectory(path);
    this.removeDirectory = (path) => inner.removeDirectory(path);
    this.removeFile = (path) => inner.removeFile(path);
    this.rename = (from, to) => inner.rename(from, to);
    this.setModified = (path, modifiedMs) => inner.setModified(path, modifiedMs);
    this.partialSize = (path, user) => inner.partialSize(path, user);
    this.usage = (path) => inner.usage(path);
    this.sweep = (maxAgeMs) => inner.sweep(maxAgeMs);
  }

  /** Holds a step from now on: `read` at the offset `from` and behind it, `write` when `from` bytes have been written. */
  hold(step: HeldStep, from = 0): void {
    this.#gates.set(step, new Gate());
    this.#heldFrom = from;
  }

  /** Lets a step fail from now on, a `write` before anything of it is written; `from` as in `hold`. */
  fail(step: HeldStep, kind: StorageErrorKind, from = 0): void {
    this.#gates.set(step, new Gate(kind));
    this.#heldFrom = from;
  }

  /** Resolves when somebody waits at a held step. */
  async reached(step: HeldStep): Promise<void> {
    const gate = this.#gates.get(step);
    if (gate === undefined) throw new Error(`Nothing holds ${step}.`);
    await within(gate.arrived, `the server to come to the step ${step}`);
  }

  /** Lets every step go. */
  release(): void {
    for (const gate of this.#gates.values()) gate.open();
    this.#gates.clear();
  }

  /** What every folder lists from now on. */
  scriptListing(listing: ListingScript): void {
    this.#listing = listing;
  }

  /** Resolves when uploads have written `count` bytes in all. */
  async written(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = (): void => {
      if (this.#written >= count) resolve();
    };
    this.#watchers.add(look);
    look();
    try {
      await within(promise, `${count} bytes to be written, of which ${this.#written} were`);
    } finally {
      this.#watchers.delete(look);
    }
  }

  async #pass(step: HeldStep): Promise<void> {
    await this.#gates.get(step)?.pass();
  }

  async stat(path: string): Promise<Entry> {
    const entry = await this.#inner.stat(path);
    if (entry.type === 'directory') await this.#pass('open');
    return entry;
  }

  async *list(path: string): AsyncIterable<readonly Entry[]> {
    if (this.#listing === undefined) {
      yield* this.#inner.list(path);
      return;
    }
    yield this.#listing.first;
    await this.#pass('list');
    yield* this.#listing.rest;
  }

  async openRead(path: string): Promise<ReadHandle> {
    const file = await this.#inner.openRead(path);
    await this.#pass('open');
    return {
      size: file.size,
      read: async (buffer, position) => {
        if (position >= this.#heldFrom) await this.#pass('read');
        return file.read(buffer, position);
      },
      close: () => file.close(),
    };
  }

  async openWrite(path: string, user: StorageUser, mode: WriteMode): Promise<WriteHandle> {
    const file = await this.#inner.openWrite(path, user, mode);
    await this.#pass('open');
    return {
      startOffset: file.startOffset,
      write: async (chunks) => {
        const behind = chunks.reduce((sum, chunk) => sum + chunk.length, this.#written);
        const isHeld = behind >= this.#heldFrom;
        if (isHeld && this.#gates.get('write')?.fails === true) await this.#pass('write');
        await file.write(chunks);
        this.#written = behind;
        for (const look of this.#watchers) look();
        if (isHeld) await this.#pass('write');
      },
      commit: async () => {
        try {
          await this.#pass('commit');
        } catch (error) {
          await file.keep();
          throw error;
        }
        await file.commit();
      },
      keep: () => file.keep(),
      discard: () => file.discard(),
    };
  }

  openHandles(): number {
    return this.#inner.openHandles();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
