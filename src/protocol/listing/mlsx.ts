/** Lines of MLST and MLSD (RFC 3659 section 7.2): facts, one space, name. */

import { parseTimeValue, serialiseTimeValue } from '../time-value.ts';
import type { Entry } from './entry.ts';
import type { EntryDraft } from './entry-draft.ts';
import type { MlsxFact } from './mlsx-facts.ts';
import { oneLine } from './one-line.ts';

/** What a line of MLSD is about: something in the folder, the folder itself (cdir), or a folder above it (pdir). */
export type MlsxRole = 'entry' | 'current' | 'parent';

export interface MlsxLine {
  readonly role: MlsxRole;
  /** For `current` and `parent` the name is any path that the server likes to give, and may be empty. */
  readonly entry: Entry;
}

/** Characters of a fact value (section 2.1); others would end the fact, the facts or the line. */
const factValueForm = /^[A-Za-z0-9,.:!@#$%^&()\-_+?/\\'"=]+$/;

/** As `parseMlsxFacts`, without the role: for MLST, where the line is about what was asked for. */
export function parseMlsxLine(line: string): Entry | undefined {
  return parseMlsxFacts(line)?.entry;
}

/**
 * Reads one line without line end; of MLST without the space that indents it. Names of facts and the type are read in
 * any case; values that are not of their syntax count as absent, and so do facts that we do not know. Without a type
 * the entry is `other`. The name is all that stands behind the first space. Undefined where what stands before it are
 * no facts; the semicolon behind the last fact may be missing, unless the rest looks like more facts, as it does when a
 * value holds a space.
 */
export function parseMlsxFacts(line: string): MlsxLine | undefined {
  const space = line.indexOf(' ');
  if (space === -1 || line.length === 1) return undefined;
  const name = line.slice(space + 1);
  const facts = splitFacts(line.slice(0, space), name);
  if (!facts) return undefined;
  const { role, ...type } = parseType(facts.get('type') ?? '');
  const draft: EntryDraft = { name, ...type };
  addNumbers(draft, facts);
  addTexts(draft, facts);
  return { role, entry: draft };
}

/**
 * One line without line end and without the indent of MLST, with those of `facts` that the entry has, in the order
 * given. Size is left out for directories; `unique` and link targets that no fact can carry are left out too; CR, LF
 * and NUL in the name become `?`.
 */
export function serialiseMlsxLine(entry: Entry, facts: readonly MlsxFact[]): string {
  let line = '';
  for (const fact of facts) {
    const value = factValues[fact](entry);
    if (value !== undefined) line += `${fact}=${value};`;
  }
  return `${line} ${oneLine(entry.name)}`;
}

/** The value of each fact; undefined where the entry has none, or has one that no fact can carry. */
const factValues: Readonly<Record<MlsxFact, (entry: Entry) => string | undefined>> = {
  type: typeValue,
  size: ({ type, size }) => (type === 'directory' || size === undefined ? undefined : String(size)),
  modify: ({ modifiedMs = Number.NaN }) => (Number.isFinite(modifiedMs) ? serialiseTimeValue(modifiedMs) : undefined),
  perm: ({ perm }) => (perm !== undefined && /^[a-z]*$/i.test(perm) ? perm : undefined),
  unique: ({ unique }) => (unique !== undefined && factValueForm.test(unique) ? unique : undefined),
  'UNIX.mode': ({ mode }) => (mode === undefined ? undefined : (mode & 0o7777).toString(8).padStart(4, '0')),
};

function typeValue({ type, linkTarget }: Entry): string {
  if (type === 'file') return 'file';
  if (type === 'directory') return 'dir';
  if (type === 'other') return 'OS.unix=other';
  return linkTarget !== undefined && factValueForm.test(linkTarget) ? `OS.unix=slink:${linkTarget}` : 'OS.unix=symlink';
}

function splitFacts(text: string, behind: string): Map<string, string> | undefined {
  const facts = new Map<string, string>();
  if (text === '') return facts;
  const parts = text.split(';');
  if (parts.at(-1) === '') parts.pop();
  else if (behind.includes('; ')) return undefined;
  for (const part of parts) {
    const equals = part.indexOf('=');
    if (equals < 1) return undefined;
    facts.set(part.slice(0, equals).toLowerCase(), part.slice(equals + 1));
  }
  return facts;
}

function parseType(value: string): { role: MlsxRole } & Pick<EntryDraft, 'type' | 'linkTarget'> {
  const [, target] = /^os\.unix=slink(?::(.*))?$/i.exec(value) ?? [];
  if (target !== undefined && target !== '') return { role: 'entry', type: 'symlink', linkTarget: target };
  switch (value.toLowerCase()) {
    case 'file':
      return { role: 'entry', type: 'file' };
    case 'dir':
      return { role: 'entry', type: 'directory' };
    case 'cdir':
      return { role: 'current', type: 'directory' };
    case 'pdir':
      return { role: 'parent', type: 'directory' };
    case 'os.unix=slink':
    case 'os.unix=slink:':
    case 'os.unix=symlink':
      return { role: 'entry', type: 'symlink' };
    default:
      return { role: 'entry', type: 'other' };
  }
}

function addNumbers(draft: EntryDraft, facts: ReadonlyMap<string, string>): void {
  const size = facts.get('size') ?? facts.get('sizd') ?? '';
  if (/^\d+$/.test(size) && Number.isSafeInteger(Number(size))) draft.size = Number(size);
  const modifiedMs = parseTimeValue(facts.get('modify') ?? '');
  if (modifiedMs !== undefined) draft.modifiedMs = modifiedMs;
  // pyftpdlib writes 0o644.
  const mode = (facts.get('unix.mode') ?? '').replace(/^0o/, '');
  if (/^[0-7]{1,7}$/.test(mode)) draft.mode = Number.parseInt(mode, 8) & 0o7777;
}

function addTexts(draft: EntryDraft, facts: ReadonlyMap<string, string>): void {
  const owner = facts.get('unix.ownername') ?? facts.get('unix.owner') ?? facts.get('unix.uid');
  if (owner !== undefined) draft.owner = owner;
  const group = facts.get('unix.groupname') ?? facts.get('unix.group') ?? facts.get('unix.gid');
  if (group !== undefined) draft.group = group;
  const unique = facts.get('unique');
  if (unique !== undefined) draft.unique = unique;
  const perm = facts.get('perm');
  if (perm !== undefined && /^[a-z]*$/i.test(perm)) draft.perm = perm.toLowerCase();
}
