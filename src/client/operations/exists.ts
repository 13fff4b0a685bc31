/** Whether a name is there, and whether it is a folder, by the commands that the server has. */

import type { ParsedReply } from '../../protocol/index.ts';
import { quotedPath, replyError } from '../replies.ts';
import type { Session } from '../session.ts';
import { settled } from '../settled.ts';
import { knownModified, knownSize } from './facts.ts';

/**
 * True when the server knows the name as a file or folder. False also for what this user is not allowed to see: servers
 * say the same of both. Throws `ReplyError` for an answer that may be another one later (4xx).
 */
export async function exists(session: Session, path: string, signal?: AbortSignal): Promise<boolean> {
  const features = await session.features(signal);
  if (features.has('MLST')) {
    const reply = await session.ask('MLST', path, signal);
    if (isYesOrNo(reply)) return reply.code < 300;
    // Listed and not there, as with MLSD; or the argument was not liked.
    if (reply.code < 500) throw replyError('MLST', reply);
  }
  return (await existsAsFile(session, path, signal)) || canEnter(session, path, signal);
}

function isYesOrNo({ code }: ParsedReply): boolean {
  return (code >= 200 && code < 300) || code === 550 || code === 553;
}

async function existsAsFile(session: Session, path: string, signal: AbortSignal | undefined): Promise<boolean> {
  if ((await knownSize(session, path, signal)) !== undefined) return true;
  return (await knownModified(session, path, signal)) !== undefined;
}

/** Whether the name is a folder, or a link to one. Throws `ReplyError` for an answer that may be another one later (4xx). */
export async function canEnter(session: Session, path: string, signal?: AbortSignal): Promise<boolean> {
  const reply = await enterAndReturn(session, path, signal);
  if (reply.code >= 400 && reply.code < 500) throw replyError('CWD', reply);
  return reply.code < 300;
}

/** What CWD says to the name. The working directory is afterwards what it was before, also when the signal fires. */
export async function enterAndReturn(session: Session, path: string, signal?: AbortSignal): Promise<ParsedReply> {
  return settled(session, signal, async () => {
    const back = quotedPath(await session.ask('PWD'));
    const reply = await session.ask('CWD', path);
    if (reply.code < 300 && back !== undefined) await session.demand('CWD', back);
    return reply;
  });
}
