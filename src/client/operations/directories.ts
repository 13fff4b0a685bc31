/** Commands on names: PWD, CWD, MKD, RMD, DELE, RNFR and RNTO (RFC 959 section 4.1). */

import { replyError, quotedPath, requireCompletion } from '../replies.ts';
import type { Session } from '../session.ts';

/** The working directory. */
export async function workingDirectory(session: Session, signal?: AbortSignal): Promise<string> {
  const reply = await session.demand('PWD', undefined, signal);
  const path = quotedPath(reply);
  if (path === undefined) throw replyError('PWD', { ...reply, code: 257 });
  return path;
}

export async function changeDirectory(session: Session, path: string, signal?: AbortSignal): Promise<void> {
  await session.demand('CWD', path, signal);
}

export async function makeDirectory(session: Session, path: string, signal?: AbortSignal): Promise<void> {
  await session.demand('MKD', path, signal);
}

export async function removeDirectory(session: Session, path: string, signal?: AbortSignal): Promise<void> {
  await session.demand('RMD', path, signal);
}

export async function removeFile(session: Session, path: string, signal?: AbortSignal): Promise<void> {
  await session.demand('DELE', path, signal);
}

export async function rename(session: Session, from: string, to: string, signal?: AbortSignal): Promise<void> {
  const ready = await session.ask('RNFR', from, signal);
  if (ready.code !== 350) throw replyError('RNFR', ready);
  requireCompletion('RNTO', to, await session.ask('RNTO', to, signal));
}
