/** PASS: the password (RFC 959 section 4.1.1). */

import { Secret } from '../../users/index.ts';
import { replies } from '../replies.ts';
import type { Session } from '../session.ts';
import { acceptLogin } from './accept-login.ts';
import { defineCommand } from './define-command.ts';
import type { Reply } from '../../protocol/index.ts';

async function logIn(session: Session, name: string, password: Secret): Promise<Reply | undefined> {
  const { limits } = session.settings;
  const context = { remoteAddress: session.remoteHost };
  const account = await session.users.authenticate(name, password, context).catch((error: unknown) => {
    session.emit({ type: 'login', name, accepted: false, cause: 'store-failed', ...session.identity });
    throw error;
  });
  if (session.closed) return undefined;
  if (account !== undefined) return acceptLogin(session, name, account, replies.loggedOn);
  session.failedLogins += 1;
  session.fire('login-refused');
  session.emit({ type: 'login', name, accepted: false, cause: 'credentials', ...session.identity });
  await new Promise<void>((resolve) => {
    const deadline = session.deadline(limits.loginDelayMs, resolve);
    session.scope.add(() => {
      deadline.stop();
      resolve();
    });
  });
  if (session.failedLogins < limits.failedLogins) return replies.loginRefused;
  session.send(replies.loginRefused);
  session.end('bad-commands', 'too many failed logins', replies.tooManyFailedLogins);
  return undefined;
}

export const pass = defineCommand({
  verbs: ['PASS'],
  argument: 'optional',
  beforeLogin: true,
  help: 'PASS password',
  clause: 'RFC 959 section 4.1.1',
  run: (session, argument) => {
    const name = session.userName;
    if (name === undefined || session.state.login !== 'named') return replies.badSequence('PASS needs USER first');
    session.userName = undefined;
    return logIn(session, name, new Secret(argument));
  },
});
