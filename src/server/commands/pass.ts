/** PASS: the password (RFC 959 section 4.1.1). */

import { Secret, type UserAccount } from '../../users/index.ts';
import { replies } from '../replies.ts';
import type { Session } from '../session.ts';
import { acceptLogin } from './accept-login.ts';
import { defineCommand } from './define-command.ts';
import { pause } from './pause.ts';
import type { Reply } from '../../protocol/index.ts';
import { kept } from './requirement.ts';

/** The longest mail address there is (RFC 5321 section 4.5.3.1). */
const maxMailChars = 254;

/** Asks the user store, for as long as the session is there to be answered. */
async function askStore(session: Session, name: string, password: Secret): Promise<UserAccount | undefined | 'failed'> {
  // Most logins are remembered, and need no signal.
  let giveUp: AbortController | undefined;
  const disown = session.scope.add(() => giveUp?.abort());
  const context = {
    remoteAddress: session.remoteHost,
    get signal() {
      giveUp ??= new AbortController();
      if (session.scope.closed) giveUp.abort();
      return giveUp.signal;
    },
  };
  try {
    return await session.users.authenticate(name, password, context);
  } catch (error) {
    session.emit({ type: 'login', name, accepted: false, cause: 'store-failed', ...session.identity });
    // RFC 959 section 5.4: of the replies to PASS, 421 alone says that the same may work later.
    if (!session.closed) {
      session.end('internal-error', 'the user store failed', replies.loginNotChecked(session.report(error)));
    }
    return 'failed';
  } finally {
    disown();
  }
}

/** What an anonymous user gave as a password, which is a mail address by custom and no secret. */
function mailOf(account: UserAccount, password: Secret): string | undefined {
  return account.anonymous === true ? password.reveal().slice(0, maxMailChars) : undefined;
}

async function logIn(session: Session, name: string, password: Secret): Promise<Reply | undefined> {
  const { loginDelays } = session;
  const { limits } = session.settings;
  const waitMs = await loginDelays.before(session.remoteHost, name);
  if (waitMs > 0) await pause(session, waitMs);
  if (session.closed) return undefined;
  const checked = await askStore(session, name, password);
  if (session.closed || checked === 'failed') return undefined;
  if (checked !== undefined) return acceptLogin(session, name, checked, replies.loggedOn, mailOf(checked, password));
  session.failedLogins += 1;
  session.fire('login-refused');
  session.emit({ type: 'login', name, accepted: false, cause: 'credentials', ...session.identity });
  await pause(session, await loginDelays.refused(session.remoteHost, name));
  if (session.closed) return undefined;
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
  requirements: [kept('RFC 959 section 4.1.1', 'Takes the password behind USER: 230, 530, or 503 without USER.')],
  run: (session, argument) => {
    const name = session.userName;
    if (name === undefined || session.state.login !== 'named') return replies.badSequence('PASS needs USER first');
    session.userName = undefined;
    return logIn(session, name, new Secret(argument));
  },
});
