/** Why a case could not be brought to one of its outcomes. The runner makes a verdict of each. */

import type { Reply } from './reply.ts';

/** It makes no sense here: `SKIP` with the reason. */
export class CaseSkipped extends Error {}

/** The lab or the way to the case failed (no connection, no login, no file to work with): `INFRA`. */
export class SetupFailed extends Error {}

/** The other side says that it does not have the command: `UNIMPLEMENTED`. */
export class NotImplemented extends Error {
  constructor(command: string, reply: Reply) {
    super(`${command} is answered ${reply.text}`);
  }
}

/** The other side did not answer, or ended the line, where the case waits for a reply: it breaks the requirement. */
export class NoReply extends Error {}
