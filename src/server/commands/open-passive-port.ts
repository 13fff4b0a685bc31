/** What EPSV and PASV share: opening the port, and saying why not. */

import { PortRangeUsedUp } from '../../net/index.ts';
import type { Reply } from '../../protocol/index.ts';
import { reply } from '../replies.ts';
import type { Session } from '../session.ts';
import { passivePause } from './passive-pause.ts';

/** Opens a passive port and answers with `answer(port)`, or with 425 and the reason. */
export async function openPassivePort(session: Session, answer: (port: number) => Reply): Promise<Reply | undefined> {
  try {
    const port = await session.slot.openPassive();
    session.fire('passive-opened');
    await passivePause(session);
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
