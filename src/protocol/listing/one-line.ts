/** Keeps one entry on one line of a listing, whatever its name holds. */

/**
 * Writes `?` for CR, LF and NUL, which no line of a listing can carry: left in, a name could forge whole entries.
 * Every other character stays, escaped bytes included.
 */
export function oneLine(text: string): string {
  return /[\r\n\0]/.test(text) ? text.replace(/[\r\n\0]/g, '?') : text;
}
