/** Entries of a listing as text: a line for people, a JSON object for programs. */

import type { ListedEntry } from '../client/index.ts';
import type { EventOf } from './display/index.ts';
import { printable } from '../protocol/index.ts';

const typeLetters = { file: '-', directory: 'd', symlink: 'l', other: '?' } as const;

/** Kind and mode, bytes, time in UTC, name; what the server does not tell is left blank. */
export function entryLine(entry: ListedEntry): string {
  if (entry.raw !== undefined) return printable(entry.raw);
  const mode = `${typeLetters[entry.type]}${entry.mode === undefined ? '' : modeLetters(entry.mode)}`.padEnd(10);
  const size = entry.type === 'directory' || entry.size === undefined ? '' : String(entry.size);
  const mark = entry.modifiedUncertain === true ? '~' : ' ';
  const target = entry.linkTarget === undefined ? '' : ` -> ${printable(entry.linkTarget)}`;
  const name = printable(entry.name) + (entry.type === 'directory' ? '/' : '') + target;
  return `${mode} ${size.padStart(14)} ${mark}${timeText(entry.modifiedMs).padEnd(16)}  ${name}`;
}

/** An entry for programs. Bytes of a name that are no UTF-8 stand as `\udcNN`. */
export function entryEvent({ modifiedMs, createdMs, ...facts }: ListedEntry, path?: string): EventOf<'entry'> {
  return {
    kind: 'entry',
    ...(path === undefined ? {} : { path }),
    ...facts,
    ...(modifiedMs === undefined ? {} : { modified: new Date(modifiedMs).toISOString() }),
    ...(createdMs === undefined ? {} : { created: new Date(createdMs).toISOString() }),
  };
}

function timeText(ms: number | undefined): string {
  return ms === undefined ? '' : new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}

/** `rw-r--r--`. */
export function modeLetters(mode: number): string {
  return [6, 3, 0]
    .map((shift) => {
      const bits = mode >> shift;
      return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${bits & 1 ? 'x' : '-'}`;
    })
    .join('');
}
