/** Reads lines as `ls -l` and its many relatives write them. */

import type { Entry, EntryType } from './entry.ts';
import type { EntryDraft } from './entry-draft.ts';
import type { ListingCodec } from './listing-codec.ts';
import { parseDateColumns } from './unix-date.ts';
import { parseModeLetters } from './unix-mode.ts';

/** Type letter, nine permission letters, and the mark of an ACL (`+`), a security context (`.`) or attributes (`@`). */
const front = /^([-bcdlpsDCMnPw])([-rwxsStTlL]{9})[+.@]?(?=[ \t])/;

/** Enough for link count, owner, a group of several words, size and date; what lies behind is name. */
const maxFields = 14;

interface Field {
  readonly text: string;
  readonly end: number;
}

/**
 * Reads one line without line end. Understood: link count and group present or not, numeric owners, groups of several
 * words, ACL marks, links, devices (`other`), `Nov  5`, `5 Nov` and `2012-11-05`. The name begins behind exactly one
 * blank after the date and is kept as it is. Times are read as UTC and always marked uncertain; a date without year is
 * the latest one that is not more than a day after `nowMs`. A month in another language gives no time. Undefined for
 * everything else.
 */
export function parseUnixLine(line: string, nowMs: number): Entry | undefined {
  const [all, letter = '', letters = ''] = front.exec(line) ?? [];
  const mode = parseModeLetters(letters);
  if (all === undefined || mode === undefined) return undefined;
  const fields = splitFields(line, all.length);
  const texts = fields.map((field) => field.text);
  for (let sizeAt = 1; sizeAt + 2 < fields.length; sizeAt += 1) {
    if (!isSize(texts[sizeAt] ?? '', letter)) continue;
    const date = parseDateColumns(texts, sizeAt + 1, nowMs);
    if (!date) continue;
    const nameAt = (fields[sizeAt + date.count]?.end ?? line.length) + 1;
    if (nameAt >= line.length) return undefined;
    const draft: EntryDraft = { name: line.slice(nameAt), type: typeOf(letter), mode };
    if (date.modifiedMs !== undefined) {
      draft.modifiedMs = date.modifiedMs;
      draft.modifiedUncertain = true;
    }
    addSize(draft, texts[sizeAt] ?? '');
    addOwners(draft, texts.slice(0, texts[sizeAt - 1]?.endsWith(',') ? sizeAt - 1 : sizeAt));
    if (letter === 'l') splitLink(draft, Number(texts[sizeAt]));
    return draft;
  }
  return undefined;
}

/** The fields behind the permission letters, with the offset at which each ends. */
function splitFields(line: string, from: number): Field[] {
  const fields: Field[] = [];
  const field = /[^ \t]+/g;
  field.lastIndex = from;
  while (fields.length < maxFields) {
    const match = field.exec(line);
    if (!match) break;
    fields.push({ text: match[0], end: field.lastIndex });
  }
  return fields;
}

function isSize(text: string, letter: string): boolean {
  return /^\d+$/.test(text) || ((letter === 'b' || letter === 'c') && /^\d+,\d+$/.test(text));
}

function typeOf(letter: string): EntryType {
  if (letter === '-') return 'file';
  if (letter === 'd') return 'directory';
  return letter === 'l' ? 'symlink' : 'other';
}

/** Links and devices have numbers there that are no size of data. */
function addSize(draft: EntryDraft, text: string): void {
  const size = Number(text);
  if ((draft.type === 'file' || draft.type === 'directory') && Number.isSafeInteger(size)) draft.size = size;
}

/** `fields` stand between permissions and size: [link count] owner [group, of one or more words]. */
function addOwners(draft: EntryDraft, fields: readonly string[]): void {
  const [owner, ...group] = /^\d+$/.test(fields[0] ?? '') ? fields.slice(1) : fields;
  if (owner !== undefined) draft.owner = owner;
  if (group.length > 0) draft.group = group.join(' ');
}

/** Splits `name -> target`. Of several arrows the one counts that leaves a target of `size` bytes, else the first. */
function splitLink(draft: EntryDraft, size: number): void {
  const text = draft.name;
  const first = text.indexOf(' -> ');
  if (first <= 0) return;
  const last = text.lastIndexOf(' -> ');
  const sized = first === last ? -1 : offsetOfTail(text, size) - 4;
  const at = sized > 0 && text.startsWith(' -> ', sized) ? sized : first;
  draft.name = text.slice(0, at);
  draft.linkTarget = text.slice(at + 4);
}

/** Where the last `bytes` bytes of path text begin. */
function offsetOfTail(text: string, bytes: number): number {
  let at = text.length;
  for (let left = bytes; left > 0 && at > 0; at -= 1) {
    const unit = text.charCodeAt(at - 1);
    const before = text.charCodeAt(at - 2);
    if (unit < 0x80) left -= 1;
    else if (unit < 0x800) left -= 2;
    else if (unit < 0xdc00 || unit > 0xdfff) left -= 3;
    else if (before >= 0xd800 && before <= 0xdbff) {
      left -= 4;
      at -= 1;
    } else left -= 1;
  }
  return at;
}

export const unix: ListingCodec = {
  dialect: 'unix',
  open:
    ({ nowMs }) =>
    (line) =>
      parseUnixLine(line, nowMs),
};
