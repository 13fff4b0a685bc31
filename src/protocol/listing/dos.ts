/** Lines as the `dir` command of DOS and Windows servers writes them: `11-05-12  10:33PM  <DIR>  name`. */

import { utcMs } from './calendar.ts';
import type { Entry } from './entry.ts';
import type { EntryDraft } from './entry-draft.ts';
import type { ListingCodec } from './listing-codec.ts';

/** Date in one of two orders, time, and `<DIR>` or the size. */
const front =
  /^(?:(\d\d)-(\d\d)-(\d{4}|\d\d)|(\d{4})-(\d\d)-(\d\d))[ \t]+(\d\d?):(\d\d)(?: ?([AP])M)?[ \t]+(?:(<DIR>)|(\d{1,3}(?:,\d{3})+|\d+))(?=[ \t])/i;

/** Blanks between `<DIR>` and the name; more than these belong to the name. */
const directoryPadding = 10;

/**
 * Reads one line without line end. Month first, or year, month and day; two digits of a year below 70 are 20NN; a size may
 * have commas between its thousands. The time is read as UTC and
 * marked uncertain, and left out where no such day exists. The name begins behind one blank after a size, and behind
 * the padding after `<DIR>`. Undefined for everything else.
 */
export function parseDosLine(line: string): Entry | undefined {
  const match = front.exec(line);
  if (!match) return undefined;
  const [all, month, day, year = '', isoYear, isoMonth, isoDay, hour, minute, half, directory, sizeText] = match;
  const size = sizeText?.replaceAll(',', '');
  const name = directory === undefined ? line.slice(all.length + 1) : unpad(line.slice(all.length));
  if (name === '') return undefined;
  const draft: EntryDraft = { name, type: directory === undefined ? 'file' : 'directory' };
  if (size !== undefined && Number.isSafeInteger(Number(size))) draft.size = Number(size);
  const modifiedMs = utcMs({
    year: fullYear(isoYear ?? year),
    month: Number(isoMonth ?? month) - 1,
    day: Number(isoDay ?? day),
    hour: hourOfDay(Number(hour), half),
    minute: Number(minute),
  });
  if (modifiedMs !== undefined) {
    draft.modifiedMs = modifiedMs;
    draft.modifiedUncertain = true;
  }
  return draft;
}

function unpad(text: string): string {
  const blanks = /^[ \t]*/.exec(text)?.[0].length ?? 0;
  return text.slice(Math.min(blanks, directoryPadding));
}

function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length === 4) return year;
  return year < 70 ? 2000 + year : 1900 + year;
}

/** Twelve o'clock is the zeroth hour of its half. An hour that no clock with halves shows comes out above 23. */
function hourOfDay(hour: number, half: string | undefined): number {
  if (half === undefined) return hour;
  if (hour < 1 || hour > 12) return 24;
  return (hour % 12) + (half.toUpperCase() === 'P' ? 12 : 0);
}

export const dos: ListingCodec = { dialect: 'dos', open: () => parseDosLine };
