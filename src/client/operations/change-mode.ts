/** SITE CHMOD: permission bits, the form in which servers on Unix take them; in no RFC. */

import { LocalProtocolError } from '../../errors/index.ts';
import type { Session } from '../session.ts';

/** Sets the permission bits (0..0o7777). Throws `ReplyError` where the server refuses or does not know the command. */
export async function changeMode(session: Session, path: string, mode: number, signal?: AbortSignal): Promise<void> {
  if (!Number.isInteger(mode) || mode < 0 || mode > 0o7777) {
    throw new LocalProtocolError('ERR_TWINLINE_ARGUMENT', `${mode} is no mode; give one from 0 to 0o7777, as 0o644.`);
  }
  await session.demand('SITE', `CHMOD ${mode.toString(8).padStart(3, '0')} ${path}`, signal);
}
