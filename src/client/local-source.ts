/** A local file as the source of an upload. */

import { constants, fstatSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { TwinlineError } from '../errors/index.ts';
import { localFileError } from './local-error.ts';
import { nativePath } from './native-path.ts';
import type { SizedSource } from './payload.ts';

/** A file to read at a place that the caller has decided on; no link in its last name is followed. */
export interface SourcePlace {
  readonly path: string;
  /** The file as messages name it. */
  readonly shownAs: string;
}

/** A pipe is refused below, and must not be waited for before. */
const atOnce = constants.O_RDONLY | constants.O_NONBLOCK;

export class LocalSource implements SizedSource {
  readonly path: string;
  readonly size: number;
  readonly modifiedMs: number;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle, size: number, modifiedMs: number) {
    this.path = path;
    this.#handle = handle;
    this.size = size;
    this.modifiedMs = modifiedMs;
  }

  /** Throws `ERR_TWINLINE_LOCAL_FILE`. */
  static async open(given: string | SourcePlace): Promise<LocalSource> {
    const path = typeof given === 'string' ? given : given.shownAs;
    let handle: FileHandle | undefined;
    try {
      handle = await (typeof given === 'string'
        ? open(given, atOnce)
        : open(nativePath(given.path), atOnce | constants.O_NOFOLLOW));
      // At once: what was just opened is told from memory, for less than it takes to hand the call to a thread.
      const stats = fstatSync(handle.fd);
      if (!stats.isFile()) {
        const what = stats.isDirectory()
          ? 'is a folder; name a file to upload, or mirror the folder'
          : 'is no regular file; name one, or let standard input give the bytes: twinline put - URL';
        throw new TwinlineError('ERR_TWINLINE_LOCAL_FILE', `The local file "${path}" ${what}.`);
      }
      return new LocalSource(path, handle, stats.size, stats.mtimeMs);
    } catch (error) {
      await handle?.close();
      throw localFileError(path, 'read', error);
    }
  }

  async read(buffer: Buffer, position: number): Promise<number> {
    try {
      const { bytesRead } = await this.#handle.read(buffer, 0, buffer.length, position);
      // What has been sent is then neither the old file nor the new one, and must not end as an upload does.
      if (bytesRead === 0 && position < this.size) throw this.#becameShorter();
      return bytesRead;
    } catch (error) {
      throw localFileError(this.path, 'read', error);
    }
  }

  #becameShorter(): TwinlineError {
    const message = `The local file "${this.path}" became shorter while it was sent; start again when it no longer changes.`;
    return new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
