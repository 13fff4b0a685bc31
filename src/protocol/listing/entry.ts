/** One entry of a directory, as storage reports it and as listings carry it (RFC 3659 section 7). */

export type EntryType = 'file' | 'directory' | 'symlink' | 'other';

/** Facts of one entry. Names are path text (see `path-text.ts`), never a path; unknown facts are absent, not guessed. */
export interface Entry {
  readonly name: string;
  readonly type: EntryType;
  /** Bytes; absent where it is unknown or has no meaning. */
  readonly size?: number;
  /** Modification time, milliseconds since 1970 UTC. */
  readonly modifiedMs?: number;
  /** Creation time, milliseconds since 1970 UTC. */
  readonly createdMs?: number;
  /** True when `modifiedMs` lacks a year, seconds or a time zone in its source, as in a Unix listing. */
  readonly modifiedUncertain?: boolean;
  /** Unix permission bits (0..0o7777). */
  readonly mode?: number;
  readonly owner?: string;
  readonly group?: string;
  /** Target of a symbolic link as text, for display only. */
  readonly linkTarget?: string;
  /** Value of the MLSx `unique` fact. */
  readonly unique?: string;
  /** Letters of the MLSx `perm` fact. */
  readonly perm?: string;
}
