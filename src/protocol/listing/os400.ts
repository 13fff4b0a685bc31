/** Lines of IBM i (OS/400): `QSYS            77824 12/17/01 15:33:14 *DIR       QOpenSys/`. */

import { utcMs } from './calendar.ts';
import type { Entry, EntryType } from './entry.ts';
import type { EntryDraft } from './entry-draft.ts';
import type { ListingCodec } from './listing-codec.ts';

const shape =
  /^([A-Z0-9$#@_.]{1,10}) +(?:(\d{1,20}) +(\d\d(?:\d\d)?)[-/.](\d\d)[-/.](\d\d(?:\d\d)?) +(\d\d)[:.](\d\d)[:.](\d\d) +)?\*([A-Z0-9]{1,9}) +(?=\S)/i;

const folders: ReadonlySet<string> = new Set(['DIR', 'LIB', 'FLR', 'DDIR']);
/** Streams of bytes, whose size is that of a download. */
const streams: ReadonlySet<string> = new Set(['STMF', 'DSTMF', 'DOC']);
const members: ReadonlySet<string> = new Set(['MEM', 'MBR']);

/**
 * Reads one line without line end. Folders, libraries and files with members are directories; streams, members and save
 * files are files; all else is `other`. Only the size of a stream counts bytes of its content. The server's date may have
 * its columns in any of three orders: the time is given, as UTC and uncertain, where only one of them is a date.
 * Undefined for everything else.
 */
export function parseOs400Line(line: string, nowMs: number): Entry | undefined {
  const match = shape.exec(line);
  if (!match) return undefined;
  const [all, owner = '', size, first, second, third, hour, minute, , kind = ''] = match;
  const written = line.slice(all.length);
  const type = written.endsWith('/') ? 'directory' : typeOf(kind.toUpperCase(), written);
  const name = bareName(written);
  if (name === '') return undefined;
  const draft: EntryDraft = { name, type, owner };
  const bytes = Number(size);
  if (streams.has(kind.toUpperCase()) && Number.isSafeInteger(bytes)) draft.size = bytes;
  const modifiedMs =
    first === undefined ? undefined : onlyDate([first, second, third].map(Number), Number(hour), Number(minute), nowMs);
  if (modifiedMs !== undefined) {
    draft.modifiedMs = modifiedMs;
    draft.modifiedUncertain = true;
  }
  return draft;
}

function typeOf(kind: string, name: string): EntryType {
  if (folders.has(kind)) return 'directory';
  if (streams.has(kind) || members.has(kind)) return 'file';
  if (kind !== 'FILE') return 'other';
  return /\.SAVF$/i.test(name) ? 'file' : 'directory';
}

/** Folders end with a slash, and names in the root begin with one. */
function bareName(written: string): string {
  const name = written.endsWith('/') ? written.slice(0, -1) : written;
  return name.lastIndexOf('/') === 0 ? name.slice(1) : name;
}

/** Month, day and year as the system's settings order them; undefined where more than one order, or none, is a date. */
function onlyDate([a = 0, b = 0, c = 0]: readonly number[], hour: number, minute: number, nowMs: number) {
  const orders = [
    [c, a, b],
    [c, b, a],
    [a, b, c],
  ] as const;
  const found = new Set<number>();
  for (const [year, month, day] of orders) {
    const ms = day > 31 ? undefined : utcMs({ year: fullYear(year), month: month - 1, day, hour, minute });
    if (ms !== undefined && ms <= nowMs + 24 * 3_600_000) found.add(ms);
  }
  const [only] = found;
  return found.size === 1 ? only : undefined;
}

/** Two digits from 40 on are of the last century, as the system itself has it. */
function fullYear(digits: number): number {
  if (digits > 99) return digits;
  return digits < 40 ? 2000 + digits : 1900 + digits;
}

export const os400: ListingCodec = {
  dialect: 'os400',
  open:
    ({ nowMs }) =>
    (line) =>
      parseOs400Line(line, nowMs),
};
