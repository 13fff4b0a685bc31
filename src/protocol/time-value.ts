/** Time values of MDTM, MFMT and MLSx (RFC 3659 section 2.3): `YYYYMMDDHHMMSS[.sss]`, always UTC. */

const earliestMs = Date.parse('0000-01-01T00:00:00.000Z');
const latestMs = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * Milliseconds since 1970 UTC, or undefined where the text is no time value or names a day or time that does not
 * exist. Digits of the fraction beyond milliseconds are dropped. The leap second :60 is the first of the next minute.
 */
export function parseTimeValue(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d+))?$/.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const milliseconds = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return date.setUTCHours(hour, minute, second, milliseconds);
}

/**
 * The time value of a finite number of milliseconds since 1970 UTC, rounded down; the fraction is written only when it
 * is not zero. Times before the year 0 or after 9999, which have no time value, become the nearest one that has.
 */
export function serialiseTimeValue(ms: number): string {
  const date = new Date(Math.min(Math.max(Math.floor(ms), earliestMs), latestMs));
  // One number of 14 digits: a listing writes one value for each entry, and toISOString costs three times as much.
  const day = (date.getUTCFullYear() * 100 + date.getUTCMonth() + 1) * 100 + date.getUTCDate();
  const time = (date.getUTCHours() * 100 + date.getUTCMinutes()) * 100 + date.getUTCSeconds();
  const digits = String(day * 1_000_000 + time).padStart(14, '0');
  const fraction = date.getUTCMilliseconds();
  return fraction === 0 ? digits : `${digits}.${String(fraction).padStart(3, '0')}`;
}
