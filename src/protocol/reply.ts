/** Replies (RFC 959 section 4.2): the value, how it is written, and a parser for bytes that come in any pieces. */

/** A reply: three digits and one or more lines of text, without code, hyphen, CR or LF. */
export interface Reply {
  readonly code: number;
  /** At least one line; path text. */
  readonly lines: readonly string[];
}
