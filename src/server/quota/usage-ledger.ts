/** What one folder of the main storage holds by now: measured once, and kept true by every change that passes the server. */

import type { StorageUsage } from '../../storage/index.ts';

/** What is to be counted at once, where the bounds leave room for all of it. */
export interface LedgerClaim {
  readonly bytes: number;
  readonly files: number;
  /** Names that are not there yet. */
  readonly reservedFiles: number;
  /** Bytes that will be free again when this is done. */
  readonly freedBytes: number;
  /** Undefined: no bound. */
  readonly maxBytes: number | undefined;
  readonly maxFiles: number | undefined;
}

export type ClaimAnswer = 'counted' | 'no-bytes' | 'no-files';

/** What a folder holds, here or in the process that counts for several: whoever asks there waits for the answer. */
export interface Ledger {
  /** The folder, a path of the main storage. */
  readonly folder: string;
  readonly usage: StorageUsage | Promise<StorageUsage>;
  /** Whether changes under this path are to be counted here. */
  covers(path: string): boolean;
  change(bytes: number, files: number): void | Promise<void>;
  /** Counts names that are not there yet: a measurement does not find them. A negative number gives them back. */
  reserve(files: number): void | Promise<void>;
  /** Counts a change within bounds, or nothing of it: of two who ask at the same time, one is the first. */
  claim(claim: LedgerClaim): ClaimAnswer | Promise<ClaimAnswer>;
  /** Begins the work of one session with a quota; `measure` adds up the folder if that is not known, or long ago. */
  hold(measure: () => Promise<StorageUsage>, now: number): Promise<void>;
  release(): void;
  /** Runs a change that counts. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** How long the number is believed of a folder that nobody with a quota is working in, in milliseconds. */
const maxIdleAgeMs = 10 * 60_000;

export class UsageLedger implements Ledger {
  readonly folder: string;
  #bytes = 0;
  #files = 0;
  /** Names that uploads under way will have. */
  #reservedFiles = 0;
  #holders = 0;
  #measuredAt: number | undefined;
  #measuring: Promise<void> | undefined;
  #running = 0;
  #whenStill: (() => void) | undefined;

  constructor(folder: string) {
    this.folder = folder;
  }

  get usage(): StorageUsage {
    return { bytes: this.#bytes, files: this.#files + this.#reservedFiles };
  }

  covers(path: string): boolean {
    return this.folder === '/' || path === this.folder || path.startsWith(`${this.folder}/`);
  }

  change(bytes: number, files: number): void {
    this.#bytes += bytes;
    this.#files += files;
  }

  reserve(files: number): void {
    this.#reservedFiles += files;
  }

  claim({ bytes, files, reservedFiles, freedBytes, maxBytes, maxFiles }: LedgerClaim): ClaimAnswer {
    const { usage } = this;
    const names = files + reservedFiles;
    if (maxFiles !== undefined && names > 0 && usage.files + names > maxFiles) return 'no-files';
    if (maxBytes !== undefined && bytes > 0 && usage.bytes + bytes - freedBytes > maxBytes) return 'no-bytes';
    this.change(bytes, files);
    this.reserve(reservedFiles);
    return 'counted';
  }

  async hold(measure: () => Promise<StorageUsage>, now: number): Promise<void> {
    this.#holders += 1;
    const isOld = this.#measuredAt === undefined || (this.#holders === 1 && now - this.#measuredAt > maxIdleAgeMs);
    try {
      if (isOld) this.#measuring ??= this.#measure(measure, now);
      await this.#measuring;
    } catch (error) {
      this.#holders -= 1;
      throw error;
    }
  }

  release(): void {
    this.#holders -= 1;
  }

  /** Measures anew at the next login: something has changed that did not pass here. */
  forget(): void {
    this.#measuredAt = undefined;
  }

  /** Changes wait for the end of a measurement, and it waits for theirs, so that nothing counts twice or not at all. */
  async #measure(measure: () => Promise<StorageUsage>, now: number): Promise<void> {
    try {
      if (this.#running > 0) await new Promise<void>((resolve) => (this.#whenStill = resolve));
      const { bytes, files } = await measure();
      this.#bytes = bytes;
      this.#files = files;
      this.#measuredAt = now;
    } finally {
      this.#measuring = undefined;
    }
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    while (this.#measuring !== undefined) await this.#measuring.catch(() => undefined);
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
      if (this.#running === 0) {
        this.#whenStill?.();
        this.#whenStill = undefined;
      }
    }
  }
}
