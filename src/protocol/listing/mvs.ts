/** Listings of z/OS (MVS): data sets, members of partitioned data sets, and jobs. What a line means its heading says. */

import type { Entry, EntryType } from './entry.ts';
import type { EntryDraft } from './entry-draft.ts';
import { utcMs } from './calendar.ts';
import type { LineReading, ListingCodec } from './listing-codec.ts';

type Table = 'none' | 'data-sets' | 'members' | 'load-modules' | 'jobs';

const headings: readonly (readonly [Table, RegExp])[] = [
  ['data-sets', /^\s*Volume\s{1,20}(?:Unit\s{1,20})?(?:Referred|Date)\s.{0,80}\bDsorg\s{1,20}Dsname\s*$/i],
  ['members', /^\s*Name\s{1,20}VV\.MM\s{1,20}Created\s{1,20}Changed\s.{0,60}\bId\s*$/i],
  ['load-modules', /^\s*Name\s{1,20}Size\s{1,20}TTR\s{1,20}Alias-of\s{1,20}AC\b.{0,80}$/i],
  ['jobs', /^JOBNAME\s{1,20}JOBID\s{1,20}OWNER\s{1,20}STATUS\s{1,20}CLASS\b.{0,80}$/i],
];

const qualifier = '[A-Z@#$][A-Z0-9@#${-]{0,7}';
const dataSetName = new RegExp(`^'?${qualifier}(?:\\.${qualifier}){0,21}'?$`, 'i');
const memberName = /^[A-Z@#${][A-Z0-9@#${]{0,7}$/i;

/** What stands before the name of a data set without the usual columns. */
const states: readonly (readonly [RegExp, EntryType])[] = [
  [/\bPseudo Directory\s*$/i, 'directory'],
  [/^\S{1,6}\s+Tape\s*$/i, 'file'],
  [
    /^(?:Migrated|VSAM|GDG|.*\b(?:VSAM|GDG|PATH|not mounted|Error determining attributes|User catalog connector|not on volume\s*>?|Not Direct Access Device|Not a DASD device\s*>?))\s*$/i,
    'other',
  ],
];

/** Volume, unit, and up to the organisation; counts that outgrow their columns run into each other. */
const dataSetFront = /^\S{1,6}\s+\S{1,6}\s.{0,80}\s(PS|PSU|PO|PO-E|PO-U|POU|DA|DAU|IS|VSAM|GDG)\s*$/i;

/**
 * A data set. Sizes are tracks and the date is that of the last use, so that both are left out. A partitioned data set is
 * a directory of members; what has been migrated or is of an organisation without bytes is `other`.
 */
function dataSet(line: string): Entry | undefined {
  const [, front, name = ''] = /^(.{4,120}?\S?)\s+(\S{1,60})\s*$/.exec(line) ?? [];
  if (front === undefined || !dataSetName.test(name)) return undefined;
  const organisation = dataSetFront.exec(`${front} `)?.[1]?.toUpperCase();
  if (organisation?.startsWith('PO')) return { name, type: 'directory' };
  if (organisation === 'PS' || organisation === 'PSU') return { name, type: 'file' };
  if (organisation !== undefined) return { name, type: 'other' };
  const state = states.find(([shape]) => shape.test(front));
  return state && { name, type: state[1] };
}

const memberShape =
  /^\s*(\S{1,8})\s+\d\d\.\d\d\s+\d{2,4}\/\d\d\/\d\d\s+(\d{4})\/(\d\d)\/(\d\d)\s+(\d\d):(\d\d)(?::\d\d)?(?:\s+\d+){0,3}(?:\s+\S{1,8})?\s*$/;

/** A member. Its size counts lines and is left out; without statistics there is only the name. */
function member(line: string): Entry | undefined {
  const match = memberShape.exec(line);
  const name = match?.[1] ?? /^\s*(\S{1,8})\s*$/.exec(line)?.[1] ?? '';
  if (!memberName.test(name)) return undefined;
  const draft: EntryDraft = { name, type: 'file' };
  if (!match) return draft;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = match.slice(2, 7).map(Number);
  const ms = utcMs({ year, month: month - 1, day, hour, minute });
  if (ms !== undefined) Object.assign(draft, { modifiedMs: ms, modifiedUncertain: true });
  return draft;
}

/** A load module: its name, length and place in hexadecimal, and attributes. */
function loadModule(line: string): Entry | undefined {
  const name = /^\s*(\S{1,8})\s+[0-9A-F]{6,8}\s+[0-9A-F]{6}\b/i.exec(line)?.[1] ?? '';
  return memberName.test(name) ? { name, type: 'file' } : undefined;
}

const jobShape =
  /^(\S{1,8})\s+((?:JOB|TSU|STC)\d{5}|[JTS]\d{7})\s+(?:(\S{1,8})\s+)?(INPUT|ACTIVE|OUTPUT|HELD)\b.{0,120}$/i;

/** A job, by its identifier: that is what RETR takes. */
function job(line: string): Entry | undefined {
  const [, , name, owner] = jobShape.exec(line) ?? [];
  return name === undefined ? undefined : { name, type: 'file', ...(owner === undefined ? {} : { owner }) };
}

const readers: Readonly<Record<Table, (line: string) => Entry | undefined>> = {
  none: job,
  'data-sets': dataSet,
  members: member,
  'load-modules': loadModule,
  jobs: job,
};

/** Longer than any line of these tables; what is longer is none of them. */
const maxTableChars = 300;

function openMvs(): (line: string) => LineReading {
  let table: Table = 'none';
  return (line) => {
    if (line.length > maxTableChars) return undefined;
    const heading = headings.find(([, shape]) => shape.test(line));
    if (heading === undefined) return readers[table](line);
    [table] = heading;
    return 'heading';
  };
}

export const mvs: ListingCodec = { dialect: 'mvs', open: openMvs };
