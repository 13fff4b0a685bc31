/** A control line that goes on in clear when TLS has ended on it, as behind CCC and REIN. */

import { within } from '../../peer/index.ts';
import { classOf, type Reply } from '../engine/reply.ts';
import type { LabSession } from './lab-session.ts';
import type { ServerLab } from './server-lab.ts';

/** Whether the server ends TLS in order within `promptMs`. */
export async function serverEndsTls(lab: ServerLab, session: LabSession): Promise<boolean> {
  return within(session.control.closeNotified(), 'close_notify', lab.timeouts.promptMs).then(
    () => true,
    () => false,
  );
}

/** Ends TLS on this side too, says a command in clear, and gives its reply; `undefined` where none comes in time. */
export async function commandInClear(session: LabSession, text: string): Promise<Reply | undefined> {
  await session.dropTls();
  return session.command(text).catch(() => undefined);
}

/**
 * REIN, and another login behind it: in clear and then by AUTH where the server has ended TLS as it should, else under the
 * TLS that has stayed. The reply to REIN. Throws `NotImplemented`; skips where REIN is refused or ends the session.
 */
export async function logInBehindRein(lab: ServerLab, session: LabSession): Promise<Reply> {
  const reply = await session.implemented('REIN');
  if (classOf(reply) !== 2) lab.skip(`REIN is answered ${reply.text}`);
  if (session.control.tls !== undefined && (await serverEndsTls(lab, session))) {
    await session.dropTls();
    await session.secure();
  }
  await session.logIn();
  return reply;
}
