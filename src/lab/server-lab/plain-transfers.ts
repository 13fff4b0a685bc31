/** Whole transfers as a careful client makes them, where they are not what a case is about. */

import type { Reply } from '../engine/reply.ts';
import { classOf } from '../engine/reply.ts';
import type { DataLine } from './data-line.ts';
import type { LabSession } from './lab-session.ts';

export interface Downloaded {
  readonly reply: Reply;
  readonly bytes: Buffer;
}

/** RETR to the end, over a passive line of its own unless one is given. A refusal is a result; `bytes` are then empty. */
export async function transferDown(session: LabSession, path: string, given?: DataLine): Promise<Downloaded> {
  const line = given ?? (await session.passive());
  const begun = await session.command(`RETR ${path}`);
  if (classOf(begun) !== 1) {
    line.destroy();
    return { reply: begun, bytes: Buffer.alloc(0) };
  }
  await line.secured;
  const bytes = await line.finish();
  return { reply: await session.reply(), bytes };
}

/** STOR to the end, closed in order, over a passive line of its own unless one is given. The final reply. */
export async function transferUp(
  session: LabSession,
  path: string,
  bytes: Uint8Array,
  verb = 'STOR',
  given?: DataLine,
): Promise<Reply> {
  const line = given ?? (await session.passive());
  const begun = await session.command(`${verb} ${path}`);
  if (classOf(begun) !== 1) {
    line.destroy();
    return begun;
  }
  await line.secured;
  if (bytes.length > 0) await line.write(bytes);
  if (line.tls === undefined) line.fin();
  else line.closeNotifyThenFin();
  return session.reply();
}
