/** The calendar of LIST dialects: English month names, and only days and times that exist. */

export const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** A minute on the clock of the server, whose time zone a listing does not tell; `month` is 0..11. */
export interface ListedMinute {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

/** 0..11 for the three letters of an English month in any case, else undefined. */
export function parseMonthName(text: string): number | undefined {
  if (text.length !== 3) return undefined;
  const wanted = text.toLowerCase();
  const month = monthNames.findIndex((name) => name.toLowerCase() === wanted);
  return month === -1 ? undefined : month;
}

/** Milliseconds since 1970, read as UTC; undefined for days and times that do not exist and years before 1000. */
export function utcMs({ year, month, day, hour, minute }: ListedMinute): number | undefined {
  if (!(year >= 1000 && year <= 9999) || hour > 23 || minute > 59) return undefined;
  const ms = Date.UTC(year, month, day, hour, minute);
  const date = new Date(ms);
  return date.getUTCMonth() === month && date.getUTCDate() === day ? ms : undefined;
}
