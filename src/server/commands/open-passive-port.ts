/** What EPSV and PASV share: opening the port, and saying why not. */

import { PortRangeUsedUp } from '../../net/index.ts';
import type { Reply } from '../../protocol/index.ts';
import { reply } from '../replies.ts';
import type { Session } from '../session.ts';
import { passivePause } from './passive-pause.ts';

/** What the opener is called, and the address that its reply will name, if it names one. */
export interface PassiveOpener {
  readonly verb: 'EPSV' | 'PASV';
  readonly announcedHost?: string;
}

/** Opens a passive port and answers with `answer(port)`, or with 425 and the reason. */
export async function openPassivePort(
  session: Session,
  opener: PassiveOpener,
  answer: (port: number) => Reply,
): Promise<Reply | undefined> {
  try {
    const port = await session.slot.openPassive(opener.verb, opener.announcedHost);
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
