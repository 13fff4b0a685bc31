/** Open files of the storage in memory. */

import type { ReadHandle, WriteHandle } from '../storage-backend.ts';
import { storageError } from '../storage-error.ts';
import type { FolderNode } from './tree.ts';

/** Something open that the storage closes at its own end. */
export interface OpenHandle {
  closeForShutdown(): Promise<void>;
}

export class MemoryReadHandle implements ReadHandle, OpenHandle {
  readonly size: number;
  readonly #path: string;
  readonly #content: Buffer;
  readonly #onClose: (handle: OpenHandle) => void;
  #closed = false;

  constructor(path: string, content: Buffer, onClose: (handle: OpenHandle) => void) {
    this.size = content.length;
    this.#path = path;
    this.#content = content;
    this.#onClose = onClose;
  }

  async read(buffer: Buffer, position: number): Promise<number> {
    if (this.#closed) throw storageError('aborted', this.#path);
    return this.#content.copy(buffer, 0, Math.min(position, this.#content.length));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#onClose(this);
  }

  closeForShutdown(): Promise<void> {
    return this.close();
  }
}

/** What the storage does with an upload that has ended. */
export interface UploadEnds {
  readonly commit: (content: Buffer) => void;
  readonly keep: (content: Buffer) => void;
}

export class MemoryWriteHandle implements WriteHandle, OpenHandle {
  readonly startOffset: number;
  readonly #path: string;
  readonly #folder: FolderNode;
  readonly #chunks: Buffer[];
  readonly #ends: UploadEnds;
  readonly #onClose: (handle: OpenHandle) => void;
  #length: number;
  #ended = false;

  constructor(path: string, folder: FolderNode, head: Buffer, ends: UploadEnds, onClose: (handle: OpenHandle) => void) {
    this.startOffset = head.length;
    this.#path = path;
    this.#folder = folder;
    this.#chunks = [head];
    this.#ends = ends;
    this.#onClose = onClose;
    this.#length = head.length;
    folder.uploads.add(this);
  }

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  async write(chunks: readonly Buffer[]): Promise<void> {
    if (this.#ended) throw storageError('aborted', this.#path);
    for (const chunk of chunks) {
      this.#chunks.push(Buffer.from(chunk));
      this.#length += chunk.length;
    }
  }

  async commit(isWanted: () => boolean = () => true): Promise<void> {
    if (!this.#end()) return;
    const content = Buffer.concat(this.#chunks);
    try {
      if (!isWanted()) throw storageError('aborted', this.#path);
      this.#ends.commit(content);
    } catch (error) {
      this.#keepUnlessEmpty(content);
      throw error;
    }
  }

  async keep(): Promise<void> {
    if (this.#end()) this.#keepUnlessEmpty(Buffer.concat(this.#chunks));
  }

  async discard(): Promise<void> {
    this.#end();
  }

  closeForShutdown(): Promise<void> {
    return this.keep();
  }

  #keepUnlessEmpty(content: Buffer): void {
    if (content.length > 0) this.#ends.keep(content);
  }

  #end(): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    this.#folder.uploads.delete(this);
    this.#onClose(this);
    return true;
  }
}
