/** Lines of OpenVMS: `README.TXT;3   5/9   2-JUL-2003 10:30:13  [GROUP,OWNER]  (RWED,RWED,RE,)`. */

import { parseMonthName, utcMs } from './calendar.ts';
import type { EntryDraft } from './entry-draft.ts';
import type { LineReading, ListingCodec } from './listing-codec.ts';

const nameShape = /^([^\s;]{1,236});(\d{1,5})(?=[ \t]|$)/;

/** Blocks used and allocated, day, time. */
const detailShape =
  /^[ \t]+\d+(?:\/\d+)?(?:[KMGT]?B)?[ \t]+(\d{1,2})-([^\s\d-]{3,9})-(\d{4})(?:[ \t]+(\d{1,2}):(\d\d)(?::\d\d(?:\.\d{1,6})?)?)?(?=[ \t]|$)/i;

const groupAndOwner = /^[ \t]+\[([^\],]{1,64}),([^\],]{1,64})\]/;
const ownerAlone = /^[ \t]+(?:\[([^\],]{1,64})\]|([^\s([]{1,64}))/;

/** `Directory DKA0:[PUB]`, `DKA0:[PUB]`, `Total of 3 files, 6/24 blocks.` and `Grand total of 2 directories, 5 files.` */
const headings: readonly RegExp[] = [
  /^Directory [^\s[\]]{1,255}\[[^[\]]{0,255}\]$/i,
  /^[A-Z0-9$_-]{1,255}:\[[^[\]]{0,255}\]$/i,
  /^(?:Grand )?total of \d+ (?:files?|blocks?|director(?:y|ies))\b[^;]{0,200}$/i,
];

/**
 * Reads one line without line end. The version stays in the name, because several versions of a file are several
 * files; `NAME.DIR;1` is the directory `NAME`. Blocks are no bytes, and protections no permissions of Unix: both are left
 * out. Times are read as UTC and marked uncertain. A name alone is a beginning: long names have their facts on the next
 * line, which is read when the two are joined by a blank.
 */
export function parseVmsLine(line: string): LineReading {
  if (headings.some((heading) => heading.test(line))) return 'heading';
  const named = nameShape.exec(line);
  if (!named) return undefined;
  const [all, base = '', version] = named;
  const rest = line.slice(all.length);
  if (/^[ \t]*$/.test(rest)) return 'beginning';
  const detail = detailShape.exec(rest);
  if (!detail) return undefined;
  const draft = named[1]?.toUpperCase().endsWith('.DIR') === true ? folder(base) : file(`${base};${version}`);
  if (draft.name === '') return undefined;
  addTime(draft, detail);
  addOwner(draft, rest.slice(detail[0].length));
  return draft;
}

const folder = (base: string): EntryDraft => ({ name: base.slice(0, -'.DIR'.length), type: 'directory' });
const file = (name: string): EntryDraft => ({ name, type: 'file' });

/** A month in another language gives no time. */
function addTime(draft: EntryDraft, [, day, monthName = '', year, hour = '0', minute = '0']: RegExpExecArray): void {
  const month = parseMonthName(monthName);
  if (month === undefined) return;
  const ms = utcMs({ year: Number(year), month, day: Number(day), hour: Number(hour), minute: Number(minute) });
  if (ms === undefined) return;
  draft.modifiedMs = ms;
  draft.modifiedUncertain = true;
}

function addOwner(draft: EntryDraft, rest: string): void {
  const both = groupAndOwner.exec(rest);
  const owner = both ? both[2] : (ownerAlone.exec(rest)?.[1] ?? ownerAlone.exec(rest)?.[2]);
  if (both?.[1] !== undefined) draft.group = both[1].trim();
  if (owner !== undefined) draft.owner = owner.trim();
}

export const vms: ListingCodec = { dialect: 'vms', open: () => parseVmsLine };
