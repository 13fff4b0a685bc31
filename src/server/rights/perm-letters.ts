/** The MLSx `perm` fact: what this user may do with an entry (RFC 3659 section 7.5.5). */

import type { EntryType } from '../../protocol/index.ts';
import type { Right } from '../../users/index.ts';
import type { AccessRights } from './access-rights.ts';

/** A name that nobody gives to a file: what may be done with a new entry of a folder. */
const newName = '\u{10fffd}';

type Letters = readonly (readonly [letter: string, right: Right])[];

const ofFile: Letters = [
  ['a', 'append'],
  ['d', 'delete'],
  ['f', 'rename'],
  ['r', 'read'],
  ['w', 'overwrite'],
];
/** About the folder itself. */
const ofFolder: Letters = [
  ['d', 'rmdir'],
  ['f', 'rename'],
  ['l', 'list'],
];
/** About what is in it, or could be. */
const inFolder: Letters = [
  ['c', 'write'],
  ['m', 'mkdir'],
  ['p', 'delete'],
];

function granted(letters: Letters, rights: AccessRights, path: string): readonly string[] {
  return letters.filter(([, right]) => rights.may(path, right)).map(([letter]) => letter);
}

/** `isFixed`: the root, a mount point, or a folder on the way to one, which stays where it is. */
export function permLetters(rights: AccessRights, path: string, type: EntryType, isFixed: boolean): string {
  if (type !== 'directory') return granted(ofFile, rights, path).join('');
  const own = granted(ofFolder, rights, path).filter((letter) => !isFixed || letter === 'l');
  const entered = rights.mayEnter(path) ? ['e'] : [];
  const within = granted(inFolder, rights, path === '/' ? `/${newName}` : `${path}/${newName}`);
  return [...own, ...entered, ...within].sort().join('');
}
