/** Files that a case puts on the server for itself, because it changes them or needs to know their content. */

import { SetupFailed } from '../engine/case-errors.ts';
import { classOf } from '../engine/reply.ts';
import type { LabSession } from './lab-session.ts';
import { transferDown, transferUp } from './plain-transfers.ts';
import type { ServerLab } from './server-lab.ts';

/** Puts the bytes under a new name. Throws `SetupFailed`. */
export async function putOwnFile(lab: ServerLab, session: LabSession, bytes: Uint8Array): Promise<string> {
  const path = lab.newPath();
  const reply = await transferUp(session, path, bytes);
  if (classOf(reply) !== 2) throw new SetupFailed(`STOR of a file to work with is answered ${reply.text}`);
  return path;
}

/** What is on the server under the path. Throws `SetupFailed`. */
export async function readBack(session: LabSession, path: string): Promise<Buffer> {
  const { reply, bytes } = await transferDown(session, path);
  if (classOf(reply) !== 2) throw new SetupFailed(`RETR of what was stored is answered ${reply.text}`);
  return bytes;
}

/** Lines that are ended by LF alone, so that TYPE A makes another size of them. */
export function textOfLines(count: number): Buffer {
  return Buffer.from(Array.from({ length: count }, (_, index) => `line ${index} of a text\n`).join(''));
}
