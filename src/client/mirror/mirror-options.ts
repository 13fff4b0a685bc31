/** What a caller may choose about a mirror, what it hears while it runs, and what it gets at the end. */

import type { RetryOptions } from '../options.ts';
import type { ClientPool } from '../pool.ts';
import type { RetryNotice } from '../resume.ts';
import type { TransferProgress, TransferResult } from '../transfer-result.ts';
import type { CopyReason } from './compare.ts';
import type { MirrorFilter } from './filters.ts';

/** Lends sessions; `createPool` makes one. */
export type SessionLender = Pick<ClientPool, 'use'>;

/** Options of a comparison of two trees. */
export interface CompareTreesOptions {
  /** Sessions that work at once. Default 4; where the server takes fewer, it goes on with those. */
  readonly parallel?: number;
  /** In their order; see `MirrorFilter`. */
  readonly filters?: readonly MirrorFilter[];
  /** Compares files of equal size by a checksum of the server (HASH, XSHA256, …) in place of their times. */
  readonly checksum?: boolean;
  readonly signal?: AbortSignal;
  /** For work that lost its session. */
  readonly retry?: Partial<RetryOptions>;
}

export interface MirrorOptions extends CompareTreesOptions {
  /** Removes what the source does not have, when the whole source was read. Default false. */
  readonly delete?: boolean;
  /** Removes nothing at all when more than this would go. An empty source removes nothing unless this is set. */
  readonly maxDelete?: number;
  /** Changes nothing on either side and tells what it would do. Default false. */
  readonly dryRun?: boolean;
  /** Copies only what is missing, or newer than its copy. Default false: any difference of size or time. */
  readonly newer?: boolean;
  /** Gives copies the modification time of their originals, where the server can. Default true. */
  readonly keepTime?: boolean;
  /** Waits for the disk after each downloaded file. Default false: a later mirror finds what a power cut took. */
  readonly sync?: boolean;
  /** File that tells a later call what a killed one had done; none by default. */
  readonly journalPath?: string;
  /** Bytes per second of all sessions together. */
  readonly rateLimit?: number;
  readonly onEvent?: (event: MirrorEvent) => void;
}

/** A path is one below the top of the source, or of the target for what is removed or made there. */
export type MirrorEvent =
  | {
      readonly kind: 'start';
      readonly id: number;
      readonly direction: 'download' | 'upload';
      readonly path: string;
      /** Whole paths. */
      readonly remote: string;
      readonly local: string;
      readonly why: CopyReason;
      readonly size: number | undefined;
    }
  | { readonly kind: 'progress'; readonly id: number; readonly progress: TransferProgress }
  | { readonly kind: 'retry'; readonly id: number; readonly notice: RetryNotice }
  | { readonly kind: 'copied'; readonly id: number; readonly result: TransferResult }
  | { readonly kind: 'copy-failed'; readonly id: number; readonly error: unknown }
  /** Of a dry run. */
  | { readonly kind: 'would-copy'; readonly path: string; readonly why: CopyReason; readonly size: number | undefined }
  | {
      readonly kind: 'folder-made' | 'file-removed' | 'folder-removed';
      readonly path: string;
      /** The whole path. */
      readonly shown: string;
      readonly dryRun: boolean;
    }
  /** Left out as documented: no error. */
  | { readonly kind: 'skipped'; readonly path: string; readonly why: string }
  /** Something failed, and the mirror goes on; `path` is empty for the top. */
  | { readonly kind: 'failed'; readonly path: string; readonly error: unknown }
  | { readonly kind: 'notice'; readonly text: string }
  /** What is known so far to be copied. */
  | { readonly kind: 'expect'; readonly files: number; readonly bytes: number | undefined };

export interface MirrorResult {
  /** Files that were copied, or would be. */
  readonly copied: number;
  /** Bytes moved. */
  readonly bytes: number;
  /** Files that were the same, or not older with `newer`. */
  readonly same: number;
  readonly foldersMade: number;
  /** Files and folders. */
  readonly removed: number;
  readonly skipped: number;
  /** Copies that arrived whole without the server's last word. */
  readonly unconfirmed: number;
  /** Everything that went wrong; each was an event, too. */
  readonly failures: number;
  /** The first hundred of them. */
  readonly errors: readonly MirrorFailure[];
}

export interface MirrorFailure {
  readonly path: string;
  readonly error: unknown;
}
