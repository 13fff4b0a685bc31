/** Sets the modification time: MFMT (draft-somers-ftp-mfxx section 3), or MDTM with a time, which some servers know. */

import { LocalProtocolError, NotSupportedError } from '../../errors/index.ts';
import { serialiseTimeValue } from '../../protocol/index.ts';
import type { Session } from '../session.ts';
import { knownModified } from './facts.ts';

/**
 * Sets the modification time to whole seconds, rounded down. Throws `ReplyError` where the server refuses and
 * `NotSupportedError` where it has no command for it.
 */
export async function setModified(
  session: Session,
  path: string,
  modifiedMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const wholeMs = Math.floor(modifiedMs / 1000) * 1000;
  if (!Number.isFinite(wholeMs)) {
    const message = `${modifiedMs} is no time; give milliseconds since 1970 UTC.`;
    throw new LocalProtocolError('ERR_TWINLINE_ARGUMENT', message);
  }
  const argument = `${serialiseTimeValue(wholeMs)} ${path}`;
  const features = await session.features(signal);
  if (features.has('MFMT')) {
    await session.demand('MFMT', argument, signal);
    return;
  }
  // To a server that cannot set times this asks for the time of a file with an odd name; so the time is asked for after it.
  const reply = await session.ask('MDTM', argument, signal);
  if (reply.code >= 200 && reply.code < 300 && (await knownModified(session, path, signal)) === wholeMs) return;
  throw new NotSupportedError('The server has no command that sets the time of a file.', { needs: ['MFMT', 'MDTM'] });
}
