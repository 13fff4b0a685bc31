/** REIN: back to the beginning of the session (RFC 959 section 4.1.1, RFC 4217 section 13). */

import { replies, reply } from '../replies.ts';
import type { Session } from '../session.ts';
import { dropTls, makePrivate } from '../session-tls.ts';
import { defineCommand } from './define-command.ts';
import { kept, keptInPart } from './requirement.ts';

const done = reply(220, 'Ready for a new user');

function reinitialise(session: Session): void {
  session.forget();
  session.tls.forgetHost();
  session.fire('session-reinitialised');
}

export const rein = defineCommand({
  verbs: ['REIN'],
  argument: 'none',
  beforeLogin: true,
  help: 'REIN',
  clause: 'RFC 959 section 4.1.1, RFC 4217 section 13',
  requirements: [
    kept('RFC 959 section 4.1.1', 'Begins the session anew: no user, no settings, 220.'),
    keptInPart(
      'RFC 4217 section 13',
      'Takes TLS off the control connection behind its reply, and wants no TLS session from before.',
      'Not on implicit listeners, where a session begins under TLS.',
    ),
  ],
  run: (session) => {
    // "Identical to the state immediately after the control connection is opened": implicit sessions begin under TLS.
    if (session.state.security !== 'tls' || session.implicit) {
      reinitialise(session);
      if (session.state.security === 'tls') makePrivate(session);
      return done;
    }
    if (session.hasWaitingInput()) {
      session.dropWaitingInput();
      return replies.badSequence('Commands came behind REIN before its reply; they were dropped');
    }
    reinitialise(session);
    session.tls.reset();
    return dropTls(session, done, 'tls-dropped');
  },
});
