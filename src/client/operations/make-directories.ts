/** MKD for a folder and all folders above it that are missing. */

import { LocalProtocolError } from '../../errors/index.ts';
import { remoteParent } from '../remote-names.ts';
import { replyError } from '../replies.ts';
import type { Session } from '../session.ts';
import { canEnter } from './exists.ts';

/**
 * Makes a folder and what is missing above it; a folder that is there already is as good. Resolves with the folders that
 * were made, the outermost first. Throws `ReplyError`.
 */
export async function makeDirectories(session: Session, path: string, signal?: AbortSignal): Promise<string[]> {
  const bare = path.replace(/(?<=.)\/+$/, '');
  if (bare === '') throw new LocalProtocolError('ERR_TWINLINE_ARGUMENT', 'The path of the folder to make is empty.');
  const made: string[] = [];
  // Inwards only from the first folder that is there: most often none is missing, or just one.
  const missing: string[] = [];
  for (let at: string | undefined = bare; at !== undefined; at = remoteParent(at)) {
    const reply = await session.ask('MKD', at, signal);
    if (reply.code < 300) {
      made.push(at);
      break;
    }
    if (reply.code < 500) throw replyError(`MKD ${at}`, reply);
    if (await canEnter(session, at, signal)) break;
    missing.push(at);
    if (remoteParent(at) === undefined || remoteParent(at) === '/') break;
  }
  for (const folder of missing.toReversed()) {
    const reply = await session.ask('MKD', folder, signal);
    if (reply.code < 300) made.push(folder);
    // Somebody else may have made it meanwhile.
    else if (!(await canEnter(session, folder, signal))) throw replyError(`MKD ${folder}`, reply);
  }
  return made;
}
