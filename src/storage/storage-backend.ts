/** The interface that every storage backend implements, in virtual paths: always absolute, `/`-separated, normalised. */

import type { Entry } from '../protocol/index.ts';

/** Who asks: the identity that owns interrupted uploads. */
export interface StorageUser {
  readonly name: string;
}

/** `fsync`: 226 means on disk, through power loss. `rename`: atomic against crashes of the process only. */
export type Durability = 'fsync' | 'rename';

/**
 * An open file for reading. Positions and lengths are bytes. Calls may overlap: the transfer reads ahead with several
 * reads in flight. `close` is idempotent, waits for reads in flight, and is safe at any time.
 */
export interface ReadHandle {
  /** Size in bytes when the file was opened. */
  readonly size: number;
  /** Reads up to `buffer.length` bytes at `position`; resolves with the number of bytes read, 0 at the end of the file. */
  read(buffer: Buffer, position: number): Promise<number>;
  close(): Promise<void>;
}

/**
 * An upload in progress. Data go to a place that no reader sees; the final name changes only in `commit`.
 * Exactly one of `commit`, `keep`, `discard` ends it; later calls resolve without effect. All three wait for a `write`
 * that is under way; a `write` behind them rejects with `aborted`.
 */
export interface WriteHandle {
  /** Bytes that stand before the first `write`: the resume offset, or the length of what APPE continues. */
  readonly startOffset: number;
  /** Writes the whole of `chunks` behind what was written before. Calls are made one after the other. */
  write(chunks: readonly Buffer[]): Promise<void>;
  /**
   * Makes the upload durable (as `durability` says) and puts it under its final name, atomically. When it rejects, the
   * old content stands; what arrived is kept if its bytes can be trusted, else removed. The handle is closed either way.
   * `isWanted` is asked at the last moment, right before the name changes; when it says no, `commit` ends the upload like
   * `keep` and rejects with `aborted`.
   */
  commit(isWanted?: () => boolean): Promise<void>;
  /**
   * Ends an interrupted upload: what arrived stays hidden and resumable by the same user, in place of an older
   * interrupted upload of this user and name. Nothing is kept of an empty one.
   */
  keep(): Promise<void>;
  /** Ends an upload and removes what arrived; the old content under the final name stays. */
  discard(): Promise<void>;
}

/**
 * How an upload begins. With `mustBeNew` nothing is replaced: what stands under the final name when the upload begins, or
 * when it is committed, makes it fail with `already-exists`. `expectedBytes` tells how many will be written: a storage that
 * knows that they do not fit may refuse at once.
 */
export type WriteMode = { readonly mustBeNew?: boolean; readonly expectedBytes?: number } &
  /** STOR: replaces the old content, if any, at commit. */
  (
    | { readonly kind: 'replace' }
    /**
     * REST n + STOR: keeps the first `offset` bytes of the user's own interrupted upload of this name, if there is
     * one, else of the file under the final name, and writes behind them. Refused with `bad-offset` when that is shorter
     * than `offset`. The interrupted upload has one owner at a time: a second resume at once does not see it.
     */
    | { readonly kind: 'resume'; readonly offset: number }
    /** APPE: writes behind the user's own interrupted upload of this name, if there is one, else behind the file. */
    | { readonly kind: 'append' }
  );

/** What a folder holds. */
export interface StorageUsage {
  /** Of all files, interrupted uploads and uploads in progress included. A file with two names counts twice. */
  readonly bytes: number;
  /** Files, links and folders that can be listed. */
  readonly files: number;
}

export interface ViewOptions {
  /**
   * Asked where a link has led from `path` to `real`, paths of the view: `entry` when that thing itself is used, `folder`
   * when something in it is. Without it every link that stays in the view is followed.
   */
  readonly mayFollow?: (path: string, real: string, use: 'entry' | 'folder') => boolean;
}

/** What a sweep found. */
export interface SweepReport {
  /** Interrupted uploads that stay resumable. */
  readonly kept: number;
  /** Interrupted uploads that were removed because they were too old or nobody's. */
  readonly removed: number;
  readonly bytesRemoved: number;
}

/**
 * A storage backend. Every method rejects with `StorageError`; `kind` decides the reply. Names that begin with the
 * backend's own hidden prefix cannot be listed, read, written or removed by anyone (`name-not-allowed`); the same holds
 * for names with control characters, names over 255 bytes and paths that are not absolute and normalised.
 */
export interface StorageBackend {
  /** Facts of one entry. Symbolic links inside the root are followed; links that lead out of it are `not-found`. */
  stat(path: string): Promise<Entry>;
  /**
   * Entries of a folder, in batches, in no particular order, without `.` and `..`. Stops when the consumer returns.
   * Names that other programs made may hold control characters: whoever serialises them must cope.
   */
  list(path: string): AsyncIterable<readonly Entry[]>;
  openRead(path: string): Promise<ReadHandle>;
  openWrite(path: string, user: StorageUser, mode: WriteMode): Promise<WriteHandle>;
  /** Length of the user's own interrupted upload of this name, in bytes, or undefined if there is none. */
  partialSize(path: string, user: StorageUser): Promise<number | undefined>;
  makeDirectory(path: string): Promise<void>;
  /** Removes an empty folder. Interrupted uploads in it, which nobody sees, go with it; one in progress makes it `busy`. */
  removeDirectory(path: string): Promise<void>;
  /** Resolves with the bytes that it had: 0 for a link. */
  removeFile(path: string): Promise<number>;
  /**
   * Replaces a file under `to`; a folder under `to` is refused with `is-a-directory` or `already-exists`. Resolves with
   * the bytes of the file that was replaced (0 for a link), undefined when there was none.
   */
  rename(from: string, to: string): Promise<number | undefined>;
  /** Sets the modification time (milliseconds since 1970 UTC). */
  setModified(path: string, modifiedMs: number): Promise<void>;
  /**
   * Opens the user's own interrupted upload of this name for reading, undefined if there is none. Absent where the
   * storage cannot read what is not complete.
   */
  openPart?(path: string, user: StorageUser): Promise<ReadHandle | undefined>;
  /** Sets the creation time (milliseconds since 1970 UTC). Absent where the storage keeps none that can be set. */
  setCreated?(path: string, createdMs: number): Promise<void>;
  /** Sets the permission bits (0..0o777). Absent where the storage has none. */
  setMode?(path: string, mode: number): Promise<void>;
  /**
   * Makes a symbolic link under `path` to what stands under `target`, a virtual path of this storage, which must exist.
   * Absent where the storage has no links.
   */
  makeLink?(path: string, target: string): Promise<void>;
  /** Bytes that can still be written in the folder `path`. Absent where the storage does not know. */
  freeBytes?(path: string): Promise<number>;
  /** Adds up what is under `path`, a folder or a file, without following links; what vanishes meanwhile is left out. */
  usage(path: string): Promise<StorageUsage>;
  /**
   * The part of this storage under `folder` as a storage of its own, from which nothing outside the folder can be
   * reached, through no link and by no race; `close` ends it alone. Resolves also where there is no such folder (yet).
   * Absent where a storage has no links: `openView` does for those what is needed.
   */
  view?(folder: string, options?: ViewOptions): Promise<StorageBackend>;
  /** Removes interrupted uploads older than `maxAgeMs` and puts right what a crash left behind. */
  sweep(maxAgeMs: number): Promise<SweepReport>;
  /** Open files by now, for the leak budget. */
  openHandles(): number;
  /** Closes what is still open, keeping uploads in progress; idempotent. Later calls reject with `aborted`. */
  close(): Promise<void>;
}
