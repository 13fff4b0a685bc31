/** What a server knows of one name: MLST where it has it (RFC 3659 section 7), SIZE, MDTM and CWD elsewhere. */

import { type Entry, parseMlsxFacts } from '../../protocol/index.ts';
import { replyError } from '../replies.ts';
import type { Session } from '../session.ts';
import { enterAndReturn } from './exists.ts';
import { knownFacts } from './facts.ts';

/** Facts of one name. `name` is as the server writes it, which may be a whole path. Throws `ReplyError` if there is none. */
export async function stat(session: Session, path: string, signal?: AbortSignal): Promise<Entry> {
  const features = await session.features(signal);
  if (features.has('MLST')) {
    const reply = await session.ask('MLST', path, signal);
    if (reply.code !== 250) throw replyError('MLST', reply);
    for (const line of reply.lines.slice(1, -1)) {
      const parsed = parseMlsxFacts(line.replace(/^ /, ''));
      if (parsed !== undefined) return parsed.entry;
    }
    throw replyError('MLST', reply);
  }
  return statWithoutMlst(session, path, signal);
}

async function statWithoutMlst(session: Session, path: string, signal: AbortSignal | undefined): Promise<Entry> {
  const { size, modifiedMs } = await knownFacts(session, path, signal);
  const time = modifiedMs === undefined ? {} : { modifiedMs };
  if (size !== undefined) return { name: path, type: 'file', size, ...time };
  const reply = await enterAndReturn(session, path, signal);
  if (reply.code < 200 || reply.code >= 300) throw replyError(`the facts of ${path}`, reply);
  return { name: path, type: 'directory', ...time };
}
