/** Where the command keeps what it needs from one run to the next (XDG base directories: `$XDG_STATE_HOME`). */

import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** `$XDG_STATE_HOME/twinline`, by default `~/.local/state/twinline`; a relative path in the variable does not count. */
export function stateFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const given = environment['XDG_STATE_HOME'] ?? '';
  return join(isAbsolute(given) ? given : join(homedir(), '.local', 'state'), 'twinline');
}
