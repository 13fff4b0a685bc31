/** Replies that nobody has asked for: the sign that a server takes one command for several, or runs what it should not. */

import type { Reply } from '../engine/reply.ts';
import type { LabSession } from './lab-session.ts';
import type { ServerLab } from './server-lab.ts';

/** How long the line must be silent, in milliseconds. */
const quietMs = 400;

/** Replies until the line is silent or ends, at most `atMost`. */
export async function strayReplies(session: LabSession, atMost = 20): Promise<Reply[]> {
  const strays: Reply[] = [];
  while (strays.length < atMost) {
    const stray = await session.replyOrNothing(quietMs);
    if (stray === undefined) break;
    strays.push(stray);
  }
  return strays;
}

export function hasEnded(session: LabSession): boolean {
  return session.control.ending.how !== 'none' || session.control.raw.destroyed;
}

/** Whether the server ends the line within `promptMs`. */
export async function endsSoon(lab: ServerLab, session: LabSession): Promise<boolean> {
  await session.control.readToEnd(lab.timeouts.promptMs).catch(() => undefined);
  return hasEnded(session);
}

/** The first lines of replies, for facts. */
export function textOf(replies: readonly Reply[]): string {
  return replies.map(({ text }) => text).join('; ');
}
