/** Lines in Easily Parsed LIST Format: `+i8388621.29609,m824255902,/,<TAB>name`. */

import type { Entry } from './entry.ts';
import type { EntryDraft } from './entry-draft.ts';
import type { ListingCodec } from './listing-codec.ts';

/**
 * Reads one line without line end. `/` is a directory, `r` a file, neither is `other`; `s` size, `m` seconds since 1970
 * UTC, `i` unique, `up` mode in octal; other facts are skipped. The name is all that stands behind the first TAB.
 */
export function parseEplfLine(line: string): Entry | undefined {
  const tab = line.indexOf('\t');
  if (!line.startsWith('+') || tab === -1 || tab === line.length - 1) return undefined;
  const draft: EntryDraft = { name: line.slice(tab + 1), type: 'other' };
  for (const fact of line.slice(1, tab).split(',')) addFact(draft, fact);
  return draft;
}

function addFact(draft: EntryDraft, fact: string): void {
  if (fact === '/') draft.type = 'directory';
  else if (fact === 'r' && draft.type === 'other') draft.type = 'file';
  else if (/^up[0-7]{1,4}$/.test(fact)) draft.mode = Number.parseInt(fact.slice(2), 8);
  else if (/^i./.test(fact)) draft.unique = fact.slice(1);
  else if (/^[sm]\d+$/.test(fact)) {
    const value = Number(fact.slice(1));
    if (fact.startsWith('s') && Number.isSafeInteger(value)) draft.size = value;
    if (fact.startsWith('m') && value <= 8.64e12) draft.modifiedMs = value * 1000;
  }
}

export const eplf: ListingCodec = { dialect: 'eplf', open: () => parseEplfLine };
