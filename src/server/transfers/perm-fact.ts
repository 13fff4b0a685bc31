/** The MLSx `perm` fact where nothing is guarded: everything may be done (RFC 3659 section 7.5.5). */

import type { Entry } from '../../protocol/index.ts';

/** A guarded storage has set the fact already. `path` is that of the entry; the root stays where it is. */
export function withPerm(entry: Entry, path: string): Entry {
  if (entry.perm !== undefined) return entry;
  const ofFolder = path === '/' ? 'celmp' : 'cdeflmp';
  return { ...entry, perm: entry.type === 'directory' ? ofFolder : 'adfrw' };
}
