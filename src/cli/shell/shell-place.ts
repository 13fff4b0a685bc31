/** Where a command of the interactive shell works: the sessions that are open, and the folder on the server. */

import { posix } from 'node:path';
import type { ClientPool } from '../../client/index.ts';
import type { ClientCall } from '../client-options/index.ts';

export interface ShellPlace {
  /** How the shell was called: its server, login and options. */
  readonly call: ClientCall;
  /** Sessions that outlive the command. */
  readonly pool: ClientPool;
  /** Absolute, or empty for the folder of the login where the server does not name it. */
  readonly directory: string;
}

/** What the shell writes before a path on its server, where commands expect a URL. */
export const shellScheme = 'shell:';

/** Whether a word is a URL or a bookmark, and not a path on the server of the shell. */
export function isElsewhere(word: string): boolean {
  return /^(?:ftp(?:e?s)?:\/\/|@)/i.test(word);
}

/** Whether a word names something on a server, and not a file or folder of this machine. */
export function isOnServer(word: string): boolean {
  return word.startsWith(shellScheme) || isElsewhere(word);
}

/** The path that a word means: from the folder of the shell, `.` and `..` taken out. A slash at its end stays. */
export function pathInShell(word: string, { directory }: Pick<ShellPlace, 'directory'>): string {
  const joined = word.startsWith('/') ? word : `${directory === '' ? '' : `${directory}/`}${word}`;
  const path = posix.normalize(joined === '' ? '.' : joined);
  return path === '.' || path === './' ? '' : path;
}
