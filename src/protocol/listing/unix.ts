/** Lines as `ls -l` writes them: the LIST that we send, in UTC. */

import { monthNames } from './calendar.ts';
import type { Entry, EntryType } from './entry.ts';
import { oneLine } from './one-line.ts';
import { serialiseModeLetters } from './unix-mode.ts';

/** Half a mean Gregorian year; older times show their year in place of the hour, as `ls` does. */
const halfYearMs = 15_778_476_000;
/** How far ahead of `nowMs` a time still shows its hour: clocks differ, and a listing takes time to send. */
const aheadMs = 3_600_000;

const earliestMs = Date.UTC(1000, 0, 1);
const latestMs = Date.UTC(9999, 11, 31);

/** Type letter and permission bits of entries without `mode`. An unknown kind shows as a socket: clients skip those. */
const shown: Readonly<Record<EntryType, { letter: string; mode: number }>> = {
  file: { letter: '-', mode: 0o644 },
  directory: { letter: 'd', mode: 0o755 },
  symlink: { letter: 'l', mode: 0o777 },
  other: { letter: 's', mode: 0o644 },
};

const anyOwner = 'ftp';

/**
 * One line without line end. Times are UTC. Columns cannot be left out, so that unknown facts show as owner and group
 * `ftp`, size 0 and 1 January 1970. White space in owner and group becomes `_`, CR, LF and NUL in names `?`.
 */
export function serialiseUnixLine(entry: Entry, nowMs: number): string {
  const { letter, mode } = shown[entry.type];
  const letters = serialiseModeLetters(entry.mode ?? mode);
  const owner = column(entry.owner).padEnd(8);
  const group = column(entry.group).padEnd(8);
  const size = String(entry.size ?? 0).padStart(12);
  const target = entry.type === 'symlink' && entry.linkTarget !== undefined ? ` -> ${oneLine(entry.linkTarget)}` : '';
  const date = serialiseDate(entry.modifiedMs ?? 0, nowMs);
  return `${letter}${letters} 1 ${owner} ${group} ${size} ${date} ${oneLine(entry.name)}${target}`;
}

function column(text: string | undefined): string {
  if (text === undefined || text === '') return anyOwner;
  return /^[!-~]+$/.test(text) ? text : text.replace(/[\s\p{Cc}]/gu, '_');
}

/** `Nov  5 22:33` or `Nov  5  2012`. */
function serialiseDate(modifiedMs: number, nowMs: number): string {
  const ms = Number.isNaN(modifiedMs) ? 0 : Math.min(Math.max(modifiedMs, earliestMs), latestMs);
  const date = new Date(ms);
  const day = date.getUTCDate();
  const front = `${monthNames[date.getUTCMonth()]} ${day < 10 ? ' ' : ''}${day} `;
  if (!(ms > nowMs - halfYearMs && ms <= nowMs + aheadMs)) return `${front} ${date.getUTCFullYear()}`;
  const hour = date.getUTCHours();
  const minute = date.getUTCMinutes();
  return `${front}${hour < 10 ? '0' : ''}${hour}:${minute < 10 ? '0' : ''}${minute}`;
}
