/** USER: the name; the answer is the same for every name that no certificate logs in (RFC 959 section 4.1.1). */

import { printable, type Reply } from '../../protocol/index.ts';
import { replies } from '../replies.ts';
import type { Session } from '../session.ts';
import { acceptLogin } from './accept-login.ts';
import { defineCommand } from './define-command.ts';
import { kept } from './requirement.ts';

export const user = defineCommand({
  verbs: ['USER'],
  argument: 'required',
  beforeLogin: true,
  help: 'USER name',
  clause: 'RFC 959 section 4.1.1, RFC 4217 section 12.2',
  requirements: [
    kept('RFC 959 section 4.1.1', 'Takes the name: 331 for every name, whether there is such a user or not.'),
    kept('RFC 4217 section 12.2', 'Logs in by client certificate where the operator has said so: 232.'),
  ],
  run: (session, argument) => {
    if (session.state.security === 'cleared') return replies.noLoginBehindCcc;
    session.forget();
    session.fire('data-closed');
    session.fire('user-named');
    session.userName = argument;
    const passwordNeeded = replies.passwordNeeded(printable(argument));
    return session.tls.logsIn(argument) ? logInByCertificate(session, argument, passwordNeeded) : passwordNeeded;
  },
});

/** A user whom the store does not know, or does not let in now, is asked for the password like any other. */
async function logInByCertificate(session: Session, name: string, otherwise: Reply): Promise<Reply | undefined> {
  const account = await session.users.findAccount?.(name, { remoteAddress: session.remoteHost });
  if (session.closed) return undefined;
  if (account === undefined) return otherwise;
  session.userName = undefined;
  return acceptLogin(session, name, account, replies.loggedOnByCertificate);
}
