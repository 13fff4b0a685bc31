/** Which local name an entry of an untrusted listing gets: its own, one with escapes, or none. Pure. */

import { encodePathText } from '../protocol/index.ts';

/** What the usual file systems take as a name, in bytes. */
const maxLocalNameBytes = 255;

export type LocalName =
  | { readonly kind: 'kept' | 'escaped'; readonly name: string }
  /** `why` fits behind "the name": `is empty`. */
  | { readonly kind: 'refused'; readonly why: string };

/** Hidden files that a mirror makes beside what it copies. */
const ownName = /^\.twinline-[0-9a-f]{32}\.part$/;

/** True for names that a mirror keeps for itself on the local side; nothing of such a name is copied. */
export function isOwnName(name: string): boolean {
  return ownName.test(name);
}

/** Control characters are legal on POSIX, but a name with them can repaint the terminal of whoever lists the folder. */
const controls = /\p{Cc}/u;
/** Separators of any platform and what Windows takes for drives, streams and patterns. */
const unsafeAnywhere = /[\\]/;
const unsafeOnWindows = /[<>:"|?*]/;
const deviceOnWindows = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?:\.|$)/i;

/**
 * The local name for a remote one. Refused: empty, `.`, `..`, with `/` or NUL, longer than 255 bytes, or like our hidden
 * files. Escaped as `%XX` byte by byte: control characters and `\` everywhere; on Windows also `< > : " | ? *`, device names
 * (their first letter), and a dot or blank at the end; on Windows and macOS bytes that are no UTF-8, which Linux keeps.
 */
export function localNameOf(remote: string, platform: NodeJS.Platform = process.platform): LocalName {
  if (remote === '') return { kind: 'refused', why: 'is empty' };
  if (remote === '.' || remote === '..') return { kind: 'refused', why: 'stands for another folder' };
  if (remote.includes('/')) return { kind: 'refused', why: 'holds a "/" and could lead to another folder' };
  if (remote.includes('\0')) return { kind: 'refused', why: 'holds a NUL' };
  if (isOwnName(remote)) return { kind: 'refused', why: 'is one that a mirror keeps for itself' };
  const name = escaped(remote, platform);
  if (encodePathText(name).length > maxLocalNameBytes) {
    return { kind: 'refused', why: `is longer than the ${maxLocalNameBytes} bytes that file systems take` };
  }
  return { kind: name === remote ? 'kept' : 'escaped', name };
}

function escaped(remote: string, platform: NodeJS.Platform): string {
  const isWindows = platform === 'win32';
  const keepsBytes = !isWindows && platform !== 'darwin';
  const characters = Array.from(remote);
  const isDevice = isWindows && deviceOnWindows.test(remote);
  return characters
    .map((character, index) => {
      const isUnsafe =
        controls.test(character) ||
        unsafeAnywhere.test(character) ||
        (!keepsBytes && !character.isWellFormed()) ||
        (isWindows && unsafeOnWindows.test(character)) ||
        (isDevice && index === 0) ||
        (isWindows && index === characters.length - 1 && /[. ]/.test(character));
      return isUnsafe ? percentEncoded(character) : character;
    })
    .join('');
}

function percentEncoded(character: string): string {
  const bytes = Array.from(encodePathText(character));
  return bytes.map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

/** Equal for names that a file system without case, or one that normalises letters, takes for the same. */
export function caseKeyOf(name: string): string {
  return name.normalize('NFC').toUpperCase().toLowerCase();
}
