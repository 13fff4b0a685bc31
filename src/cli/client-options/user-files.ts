/** Where files of the user lie that no command line names (XDG Base Directory Specification). */

import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** The cache folder of Twinline; a variable that holds no absolute path does not count. */
export function userCacheFolder(): string {
  const given = process.env['XDG_CACHE_HOME'] ?? '';
  return join(isAbsolute(given) ? given : join(homedir(), '.cache'), 'twinline');
}
