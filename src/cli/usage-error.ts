/** The error of a command line that cannot be understood; told apart from other settings by its own exit code. */

import { ConfigError } from '../errors/index.ts';

/** The message is one sentence that says what to write instead. */
export class UsageError extends ConfigError {
  constructor(message: string) {
    super('ERR_TWINLINE_CONFIG', message);
  }
}
