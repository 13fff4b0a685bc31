/** How the lines of one dialect of LIST are read: one codec a dialect, one reader a listing. */

import type { Entry } from './entry.ts';

/** The dialects of LIST that are understood. */
export type ListingDialect = 'unix' | 'dos' | 'eplf' | 'netware' | 'os400' | 'vms' | 'mvs';

/**
 * What a line is to a dialect: an entry; a `heading` or footer of it, which is dropped and says that the listing is of
 * this dialect; the `beginning` of an entry whose rest is on the next line; or nothing that it understands.
 */
export type LineReading = Entry | 'heading' | 'beginning' | undefined;

export interface ListingContext {
  /** The present, milliseconds since 1970 UTC: several dialects leave out the year or half of it. */
  readonly nowMs: number;
}

/** Takes lines without line end. Never throws; time is linear in the length of the line. */
export type ReadListingLine = (line: string) => LineReading;

export interface ListingCodec {
  readonly dialect: ListingDialect;
  /** A reader for one listing; what it has seen of headings decides how it reads on. */
  readonly open: (context: ListingContext) => ReadListingLine;
}
