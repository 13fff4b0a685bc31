/** Lines of NetWare servers: `d [RWCEAFMS] owner 512 Nov 05 22:33 name`. */

import type { Entry } from './entry.ts';
import type { EntryDraft } from './entry-draft.ts';
import type { ListingCodec } from './listing-codec.ts';
import { parseDateColumns } from './unix-date.ts';

/** Kind, rights, an optional count, owner, size, up to three columns of date, and what lies behind them. */
const shape = /^([-d])( ?)\[([-A-Z]{6,10})\] +(?:(\d+) +)?(\S+) +(\d+) +(\S+) +(\S+) +(\S+)(?= )/;

/**
 * Reads one line without line end. The rights are none of Unix and are left out; the size of a folder is none either.
 * The name begins one blank behind the date; where there is no blank before the rights the date is padded, and blanks
 * before the name are dropped. Times are read as UTC and marked uncertain. Undefined for everything else.
 */
export function parseNetwareLine(line: string, nowMs: number): Entry | undefined {
  const match = shape.exec(line);
  if (!match) return undefined;
  const [all, kind, gap, , , owner = '', size, ...date] = match;
  const columns = parseDateColumns(date, 0, nowMs);
  if (columns?.count !== 3) return undefined;
  const rest = line.slice(all.length + 1);
  const name = gap === '' ? rest.replace(/^ +/, '') : rest;
  if (name === '') return undefined;
  const draft: EntryDraft = { name, type: kind === 'd' ? 'directory' : 'file', owner };
  const bytes = Number(size);
  if (draft.type === 'file' && Number.isSafeInteger(bytes)) draft.size = bytes;
  if (columns.modifiedMs !== undefined) {
    draft.modifiedMs = columns.modifiedMs;
    draft.modifiedUncertain = true;
  }
  return draft;
}

export const netware: ListingCodec = {
  dialect: 'netware',
  open:
    ({ nowMs }) =>
    (line) =>
      parseNetwareLine(line, nowMs),
};
