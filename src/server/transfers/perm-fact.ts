/** The MLSx `perm` fact: what this user may do with an entry (RFC 3659 section 7.5.5). */

import type { Entry } from '../../protocol/index.ts';

const letters = {
  file: { write: 'adfrw', read: 'r' },
  directory: { write: 'cdeflmp', read: 'el' },
};

export function withPerm(entry: Entry, readOnly: boolean): Entry {
  const kind = entry.type === 'directory' ? letters.directory : letters.file;
  return { ...entry, perm: readOnly ? kind.read : kind.write };
}
