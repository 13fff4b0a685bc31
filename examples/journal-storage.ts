/**
 * A storage backend of your own, here one that stands before another and notes every change in a journal. In a project of
 * yours the import is from 'twinline/server'.
 */

import type {
  Entry,
  ReadHandle,
  StorageBackend,
  StorageUsage,
  StorageUser,
  SweepReport,
  WriteHandle,
  WriteMode,
} from '../src/server/index.ts';

/** Takes one line, without its end, for each change that has been made. */
export type Journal = (line: string) => void;

/** It owns `inner` and closes it with itself. What it does not pass on (links, modes) its users do not have. */
export class JournalStorage implements StorageBackend {
  readonly #inner: StorageBackend;
  readonly #journal: Journal;

  constructor(inner: StorageBackend, journal: Journal) {
    this.#inner = inner;
    this.#journal = journal;
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
    const upload = await this.#inner.openWrite(path, user, mode);
    let isNoted = false;
    return {
      startOffset: upload.startOffset,
      write: (chunks) => upload.write(chunks),
      // Only a commit changes what others see; a second end of the same upload is none.
      commit: async (isWanted) => {
        const isFirst = !isNoted;
        isNoted = true;
        await upload.commit(isWanted);
        if (isFirst) this.#journal(`${user.name} wrote ${JSON.stringify(path)}`);
      },
      keep: () => {
        isNoted = true;
        return upload.keep();
      },
      discard: () => {
        isNoted = true;
        return upload.discard();
      },
    };
  }

  partialSize(path: string, user: StorageUser): Promise<number | undefined> {
    return this.#inner.partialSize(path, user);
  }

  async makeDirectory(path: string): Promise<void> {
    await this.#inner.makeDirectory(path);
    this.#journal(`made ${JSON.stringify(path)}`);
  }

  async removeDirectory(path: string): Promise<void> {
    await this.#inner.removeDirectory(path);
    this.#journal(`removed ${JSON.stringify(path)}`);
  }

  async removeFile(path: string): Promise<number> {
    const bytes = await this.#inner.removeFile(path);
    this.#journal(`removed ${JSON.stringify(path)}, ${bytes} bytes`);
    return bytes;
  }

  async rename(from: string, to: string): Promise<number | undefined> {
    const replaced = await this.#inner.rename(from, to);
    this.#journal(`renamed ${JSON.stringify(from)} to ${JSON.stringify(to)}`);
    return replaced;
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
