/** What EPSV and PASV share: opening the port, saying why not, and not answering faster than curl can listen. */

import { PortRangeUsedUp } from '../../net/index.ts';
import type { Reply } from '../../protocol/index.ts';
import { reply } from '../replies.ts';
import type { Session } from '../session.ts';

/**
 * Between EPSV on a reused session and its reply. curl 7.88 sends EPSV, looks once whether the reply is there already,
 * and if it is, sleeps for a second before it connects (docs/decisions/0005-a-passive-reply-takes-a-millisecond.md).
 */
const passiveReplyMs = 1;

function pause(session: Session, startedAt: number): Promise<void> {
  const elapsedMs = performance.now() - startedAt;
  if (session.transfers === 0 || elapsedMs >= passiveReplyMs) return Promise.resolve();
  return new Promise((resolve) => session.deadline(passiveReplyMs, resolve));
}

/** Opens a passive port and answers with `answer(port)`, or with 425 and the reason. */
export async function openPassivePort(session: Session, answer: (port: number) => Reply): Promise<Reply | undefined> {
  const startedAt = performance.now();
  try {
    const port = await session.slot.openPassive();
    session.fire('passive-opened');
    await pause(session, startedAt);
    return answer(port);
  } catch (error) {
    if (session.closed) return undefined;
    session.fire('data-closed');
    if (error instanceof PortRangeUsedUp) {
      return reply(425, `All passive ports ${error.range.min}-${error.range.max} are in use, try again later`);
    }
    return reply(425, `Cannot open a passive port: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`);
  }
}
