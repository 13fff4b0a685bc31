/** SIZE and MDTM (RFC 3659): what can be known of a file before and after it is transferred. */

import { type ParsedReply, parseTimeValue } from '../../protocol/index.ts';
import { replyText } from '../control-loss.ts';
import { joinedText, replyError, requireCompletion } from '../replies.ts';
import type { Session } from '../session.ts';

/** What the server says of a file. A server that answers 550 or 502 has said nothing, and proves nothing. */
export interface RemoteFacts {
  /** Bytes, in image type. */
  readonly size: number | undefined;
  /** Milliseconds since 1970 UTC. */
  readonly modifiedMs: number | undefined;
}

function parseSize(reply: ParsedReply): number | undefined {
  const text = joinedText(reply).trim();
  const size = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return reply.code === 213 && Number.isSafeInteger(size) ? size : undefined;
}

function parseModified(reply: ParsedReply): number | undefined {
  return reply.code === 213 ? parseTimeValue(joinedText(reply).trim()) : undefined;
}

/** Size in bytes, undefined where the server does not say. */
export async function knownSize(session: Session, path: string, signal?: AbortSignal): Promise<number | undefined> {
  await session.setType('I', signal);
  const reply = await session.ask('SIZE', path, signal);
  if (!isStray(reply)) return parseSize(reply);
  session.info(`"${replyText(reply)}" is no answer to SIZE: the server has answered something twice`);
  if (!(await session.control.resynchronise(session.options.deadlines.replyMs))) throw replyError('SIZE', reply);
  return parseSize(await session.ask('SIZE', path, signal));
}

/** A second answer to an earlier command; whoever took it for this one would judge a file by the next one's answer. */
function isStray({ code }: ParsedReply): boolean {
  return code >= 200 && code < 400 && code !== 213;
}

/** Modification time, undefined where the server does not say. */
export async function knownModified(session: Session, path: string, signal?: AbortSignal): Promise<number | undefined> {
  return parseModified(await session.ask('MDTM', path, signal));
}

/** Both at once, in the order in which clients of old ask. */
export async function knownFacts(session: Session, path: string, signal?: AbortSignal): Promise<RemoteFacts> {
  const size = await knownSize(session, path, signal);
  return { size, modifiedMs: await knownModified(session, path, signal) };
}

/** Size in bytes. Throws `ReplyError` where the server does not say. */
export async function size(session: Session, path: string, signal?: AbortSignal): Promise<number> {
  await session.setType('I', signal);
  const reply = requireCompletion('SIZE', path, await session.ask('SIZE', path, signal));
  const bytes = parseSize(reply);
  if (bytes === undefined) throw replyError('SIZE', { ...reply, code: 213 });
  return bytes;
}

/** Modification time in milliseconds since 1970 UTC. Throws `ReplyError` where the server does not say. */
export async function modified(session: Session, path: string, signal?: AbortSignal): Promise<number> {
  const reply = requireCompletion('MDTM', path, await session.ask('MDTM', path, signal));
  const modifiedMs = parseModified(reply);
  if (modifiedMs === undefined) throw replyError('MDTM', { ...reply, code: 213 });
  return modifiedMs;
}
