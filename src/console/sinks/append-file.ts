/** A file that text is appended to without ever holding the program up, and that may be moved away under it. */

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Not to be waited for: a FIFO that nobody reads is an error, and not a thread that sleeps. */
const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NONBLOCK ?? 0);
/** Records name people and files: they are for the server's user and group. */
const mode = 0o640;

/** Calls of `append` are made one after the other. */
export class AppendFile {
  readonly path: string;
  #handle: FileHandle | undefined;
  #reopen = false;
  /** What a write that failed half-way has left to do. */
  #rest: Buffer | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** Opens the file, so that what is wrong shows at once. Rejects with the system's error. */
  async open(): Promise<void> {
    this.#handle ??= await open(this.path, flags, mode);
  }

  /** The next write goes to a file opened anew under the path: the old one was moved away. */
  reopen(): void {
    this.#reopen = true;
  }

  /**
   * Appends. A rejection with the system's error may have written a part; the next call must be with the same text, and
   * goes on where it stopped, so that no line is cut or doubled.
   */
  async append(text: string): Promise<void> {
    if (this.#reopen && this.#rest === undefined) {
      this.#reopen = false;
      await this.close();
    }
    this.#rest ??= Buffer.from(text);
    await this.open();
    const handle = this.#handle as FileHandle;
    while (this.#rest.length > 0) {
      const { bytesWritten } = await handle.write(this.#rest);
      this.#rest = this.#rest.subarray(bytesWritten);
    }
    this.#rest = undefined;
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }
}
