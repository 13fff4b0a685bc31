/** The names in a virtual path, checked by the rules that hold for every backend. */

import { decodePathText, encodePathText, hasControlCharacters, isCleanText } from '../protocol/index.ts';
import { storageError } from './storage-error.ts';

/** What begins with this, in any case of letters, belongs to the storage and is out of everybody's sight. */
export const hiddenPrefix = '.twinline-';

/** Bytes of one name; NAME_MAX of the file systems in use. */
export const maxNameBytes = 255;

/** Bytes of a whole virtual path; PATH_MAX of Linux is 4096 with the root and the final NUL. */
export const maxPathBytes = 3_840;

/** The names of an absolute, normalised virtual path; none for `/`. Throws `name-not-allowed` for anything else. */
export function pathNames(path: string): readonly string[] {
  if (path === '/') return [];
  const [first, ...names] = path.split('/');
  if (
    first !== '' ||
    names.length === 0 ||
    hasControlCharacters(path) ||
    !hasOneSpelling(path) ||
    byteLength(path, maxPathBytes) > maxPathBytes
  ) {
    throw storageError('name-not-allowed', path);
  }
  for (const name of names) {
    if (
      name === '' ||
      name === '.' ||
      name === '..' ||
      isHiddenName(name) ||
      byteLength(name, maxNameBytes) > maxNameBytes
    ) {
      throw storageError('name-not-allowed', path);
    }
  }
  return names;
}

/** Case is ignored because some file systems ignore it. */
export function isHiddenName(name: string): boolean {
  return name.startsWith('.') && name.slice(0, hiddenPrefix.length).toLowerCase() === hiddenPrefix;
}

/** Escaped bytes that together are well-formed UTF-8 would be a second text for the same bytes on disk. */
function hasOneSpelling(text: string): boolean {
  return isCleanText(text) || decodePathText(encodePathText(text)) === text;
}

/** Exact only where it may be above `limit`: a character is at most three bytes for each UTF-16 unit. */
function byteLength(text: string, limit: number): number {
  return text.length * 3 <= limit ? text.length : encodePathText(text).length;
}
