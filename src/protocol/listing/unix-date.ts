/** The date columns of Unix listings, which tell neither time zone nor seconds, and often no year. */

import { parseMonthName, utcMs } from './calendar.ts';

/** Date columns that were understood. */
export interface DateColumns {
  /** How many fields they take. */
  readonly count: number;
  /** Read as UTC; absent where the month is written in another language than English or the day does not exist. */
  readonly modifiedMs?: number;
}

/** Time zones reach from UTC-12 to UTC+14, so that "now" on a server's wall clock may be this far ahead of ours. */
const zoneAheadMs = 24 * 3_600_000;

/** Reads the columns that begin at `fields[at]`; undefined where these are no date columns. */
export function parseDateColumns(fields: readonly string[], at: number, nowMs: number): DateColumns | undefined {
  const first = fields[at] ?? '';
  const second = fields[at + 1] ?? '';
  if (isClock(second) && /^\d{4}-\d\d-\d\d$/.test(first)) return isoColumns(first, second);
  const third = fields[at + 2] ?? '';
  if (isClock(third) || isYear(third)) {
    const month = parseMonthName(first) ?? parseMonthName(second);
    const day = month === undefined ? undefined : dayOf(parseMonthName(first) === undefined ? first : second);
    if (month !== undefined && day !== undefined) return columns(3, minuteOf(month, day, third, nowMs));
  }
  return looksLocalised(first, second, third) ? { count: 3 } : undefined;
}

/** `ls --time-style=long-iso`: `2012-11-05 22:33`. */
function isoColumns(date: string, clock: string): DateColumns {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const [hour = 0, minute = 0] = clock.split(':').map(Number);
  return columns(2, utcMs({ year, month: month - 1, day, hour, minute }));
}

function minuteOf(month: number, day: number, clockOrYear: string, nowMs: number): number | undefined {
  if (isYear(clockOrYear)) return utcMs({ year: Number(clockOrYear), month, day, hour: 0, minute: 0 });
  const [hour = 0, minute = 0] = clockOrYear.split(':').map(Number);
  const thisYear = new Date(nowMs).getUTCFullYear();
  for (const year of [thisYear + 1, thisYear, thisYear - 1]) {
    const ms = utcMs({ year, month, day, hour, minute });
    if (ms !== undefined && ms <= nowMs + zoneAheadMs) return ms;
  }
  return undefined;
}

/** `Mär  5 12:00`, `5. Nov 2012`, `11月  5日 2012年`: the shape of a date whose month we do not name. */
function looksLocalised(first: string, second: string, third: string): boolean {
  const isMonth = (text: string) => /^\d{0,2}[^\d:]{1,12}$/.test(text);
  const isDay = (text: string) => /^\d{1,2}[^\d:]{0,2}$/.test(text);
  if (!isClock(third) && !/^\d{4}[^\d:]?$/.test(third)) return false;
  return (isMonth(first) && isDay(second)) || (isDay(first) && isMonth(second));
}

function isClock(text: string): boolean {
  return /^\d{1,2}:\d\d$/.test(text);
}

function isYear(text: string): boolean {
  return /^\d{4}$/.test(text);
}

function dayOf(text: string): number | undefined {
  return /^\d{1,2}$/.test(text) ? Number(text) : undefined;
}

function columns(count: number, modifiedMs: number | undefined): DateColumns {
  return modifiedMs === undefined ? { count } : { count, modifiedMs };
}
