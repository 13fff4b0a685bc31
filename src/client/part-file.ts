/** The `.part` sibling into which a download goes, so that a name without `.part` is always a whole file. */

import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { constants, type FileHandle, open, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { TwinlineError } from '../errors/index.ts';
import { type ByteSink, openPipe } from '../net/index.ts';
import { abortError } from './cancellation.ts';
import { behindLinks } from './behind-links.ts';
import { localFileError } from './local-error.ts';
import { nativePath } from './native-path.ts';
import { createAnew, isStillOwn, openToGoOn, requireStillOwn } from './own-file.ts';

const partSuffix = '.part';

/** What the usual file systems take as a name. */
const maxNameBytes = 255;

/**
 * Where a download to `path` lies until it is whole. A name that leaves no room for `.part` is shortened to its hash, which
 * no other name of the folder shares and a later attempt finds again.
 */
export function partPathOf(path: string): string {
  const name = basename(path);
  if (Buffer.byteLength(name) + partSuffix.length <= maxNameBytes) return path + partSuffix;
  const hash = createHash('sha256').update(name).digest('hex');
  return join(dirname(path), `.${hash}${partSuffix}`);
}

/**
 * Where a download goes, decided by the caller: names in a folder that is held open, for example. No link in the last name
 * is followed, neither of the part nor of the file.
 */
export interface PartPlace {
  readonly path: string;
  /** In the same folder. */
  readonly partPath: string;
  /** The file as messages name it. */
  readonly shownAs: string;
}

export interface FinishOptions {
  /** Modification time to give the file, milliseconds since 1970 UTC. */
  readonly modifiedMs: number | undefined;
  /** Wait until the bytes are on the disk before the file gets its name. */
  readonly sync: boolean;
}

export class PartFile implements ByteSink {
  readonly isDoneWithChunks = true;
  /** The final name. */
  readonly path: string;
  /** The same as `path` for a device or a pipe, which has no parts. */
  readonly partPath: string;
  /** The final name as messages show it. */
  readonly #shownAs: string;
  /** When the part that was found was last written, milliseconds since 1970 UTC; undefined for a new one. */
  readonly foundModifiedMs: number | undefined;
  readonly #mayBeLonger: boolean;
  #handle: FileHandle;
  #bytes: number;
  #isOpen = true;

  private constructor({ path, partPath, shownAs }: PartPlace, handle: FileHandle, found: Stats | undefined) {
    this.path = path;
    this.partPath = partPath;
    this.#shownAs = shownAs;
    this.#handle = handle;
    this.#mayBeLonger = found !== undefined;
    this.#bytes = found?.size ?? 0;
    this.foundModifiedMs = found?.mtimeMs;
  }

  /** As `open`, at a place that the caller has decided on. */
  static openAt(place: PartPlace, resume: boolean): Promise<PartFile> {
    return PartFile.#open(place, resume, place.shownAs);
  }

  static async #open(place: PartPlace, resume: boolean, partShownAs: string): Promise<PartFile> {
    let handle: FileHandle | undefined;
    try {
      handle = await (resume ? openToGoOn(place.partPath) : createAnew(place.partPath));
      const stats = await handle.stat();
      return new PartFile(place, handle, stats.size > 0 ? stats : undefined);
    } catch (error) {
      await handle?.close();
      throw localFileError(partShownAs, 'created', error);
    }
  }

  /**
   * Opens the part: with what an earlier attempt left when `resume` is set, empty otherwise. A pipe is waited for until it has
   * a reader or `signal` fires. Throws `ERR_TWINLINE_LOCAL_FILE`.
   */
  static async open(given: string, resume: boolean, signal?: AbortSignal): Promise<PartFile> {
    const present = await stat(given).catch((error: NodeJS.ErrnoException) => {
      // The part has a shorter name, and all would be fetched in vain.
      if (error.code === 'ENAMETOOLONG') throw localFileError(given, 'created', error);
      return undefined;
    });
    if (present?.isDirectory() === true) {
      const message = `The local file "${given}" is a folder; name a file to write to.`;
      throw new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message);
    }
    if (present?.isFile() === false) return PartFile.#openSpecial(given, present.isFIFO(), signal);
    // A link stays, and what it leads to gets the bytes.
    const path = await behindLinks(given);
    const partPath = partPathOf(path);
    return PartFile.#open({ path, partPath, shownAs: path }, resume, partPath);
  }

  static async #openSpecial(path: string, isPipe: boolean, signal: AbortSignal | undefined): Promise<PartFile> {
    const { O_WRONLY } = constants;
    try {
      const handle = await (isPipe ? openPipe(path, O_WRONLY, signal) : open(path, O_WRONLY));
      return new PartFile({ path, partPath: path, shownAs: path }, handle, undefined);
    } catch (error) {
      if (signal?.aborted === true) throw abortError(signal);
      throw localFileError(path, 'written', error);
    }
  }

  get #isSpecial(): boolean {
    return this.partPath === this.path;
  }

  /** False for a device or a pipe, which give nothing back. */
  get canBeRead(): boolean {
    return !this.#isSpecial;
  }

  /** Bytes of the remote file that are here, from its beginning. */
  get bytes(): number {
    return this.#bytes;
  }

  async write(chunks: readonly Buffer[]): Promise<void> {
    try {
      let left: readonly Buffer[] = chunks;
      while (left.length > 0) {
        const { bytesWritten } = await this.#handle.writev(left, this.#isSpecial ? undefined : this.#bytes);
        this.#bytes += bytesWritten;
        left = behind(left, bytesWritten);
      }
    } catch (error) {
      throw localFileError(this.#shownAs, 'written', error);
    }
  }

  /** Reads back what is here. A device or a pipe gives nothing back. */
  async read(buffer: Buffer, position: number): Promise<number> {
    try {
      return (await this.#handle.read(buffer, 0, buffer.length, position)).bytesRead;
    } catch (error) {
      throw localFileError(this.#shownAs, 'read', error);
    }
  }

  /** Drops everything that is here, and leaves it to any other program that goes on with it. */
  async restart(): Promise<void> {
    try {
      await requireStillOwn(this.partPath, this.#handle, this.#shownAs);
      const handle = await createAnew(this.partPath);
      await this.#handle.close();
      this.#handle = handle;
      this.#bytes = 0;
    } catch (error) {
      throw localFileError(this.#shownAs, 'written', error);
    }
  }

  /** Gives the file its final name. Throws `ERR_TWINLINE_LOCAL_FILE`; the part is then still there. */
  async finish({ modifiedMs, sync }: FinishOptions): Promise<void> {
    try {
      if (this.#isSpecial) {
        await this.close();
        return;
      }
      // Only a part that was found can be longer than what was written.
      if (this.#mayBeLonger) await this.#handle.truncate(this.#bytes);
      if (modifiedMs !== undefined) await this.#handle.utimes(new Date(), new Date(modifiedMs));
      if (sync) await this.#handle.datasync();
      await requireStillOwn(this.partPath, this.#handle, this.#shownAs);
      await this.close();
      await rename(nativePath(this.partPath), nativePath(this.path));
    } catch (error) {
      throw localFileError(this.#shownAs, 'written', error);
    }
  }

  /** Closes the part and leaves it for a later attempt; one without a byte is removed. */
  async keep(): Promise<void> {
    if (!this.#isOpen) return;
    const isEmpty = this.#bytes === 0 && !this.#isSpecial && (await isStillOwn(this.partPath, this.#handle));
    await this.close();
    if (isEmpty) await unlink(nativePath(this.partPath)).catch(() => undefined);
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#handle.close();
  }
}

function behind(chunks: readonly Buffer[], written: number): Buffer[] {
  let skip = written;
  const left: Buffer[] = [];
  for (const chunk of chunks) {
    if (skip < chunk.length) left.push(chunk.subarray(skip));
    skip = Math.max(0, skip - chunk.length);
  }
  return left;
}
