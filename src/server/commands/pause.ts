/** A pause in the answer to a command, which ends with the session. */

import type { Session } from '../session.ts';

/** Resolves after `ms` milliseconds, or when the session ends. */
export function pause(session: Session, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const deadline = session.deadline(ms, resolve);
    session.scope.add(() => {
      deadline.stop();
      resolve();
    });
  });
}
