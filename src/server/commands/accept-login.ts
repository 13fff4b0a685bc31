/** The one way into a session for a user who has proved who they are, by a password or otherwise. */

import type { Reply } from '../../protocol/index.ts';
import type { UserAccount } from '../../users/index.ts';
import { replies } from '../replies.ts';
import type { Session } from '../session.ts';

/** Logs `account` in, which came under `name`, and gives the reply; `mail` is what an anonymous user gave. */
export async function acceptLogin(
  session: Session,
  name: string,
  account: UserAccount,
  answer: Reply,
  mail?: string,
): Promise<Reply | undefined> {
  if ((await session.membership.enter(account)) === 'full') {
    session.fire('login-refused');
    session.emit({ type: 'login', name, accepted: false, cause: 'too-many-sessions', ...session.identity });
    return replies.tooManySessionsOfUser(account.maxSessions ?? 0);
  }
  if (session.closed) {
    session.membership.leave();
    return undefined;
  }
  session.account = account;
  session.fire('login-accepted');
  session.failedLogins = 0;
  const given = mail === undefined ? {} : { mail };
  session.emit({ type: 'login', name, accepted: true, cause: 'accepted', ...given, ...session.identity });
  return answer;
}
