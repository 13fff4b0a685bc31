/** A control line that goes on in clear when TLS has ended on it, as behind CCC and REIN. */

import { once } from 'node:events';
import { replyLength, within } from '../../peer/index.ts';
import { readReply, type Reply } from '../engine/reply.ts';
import type { LabSession } from './lab-session.ts';
import type { ServerLab } from './server-lab.ts';

/** Whether the server ends TLS in order within `promptMs`. */
export async function serverEndsTls(lab: ServerLab, session: LabSession): Promise<boolean> {
  return within(session.control.closeNotified(), 'close_notify', lab.timeouts.promptMs).then(
    () => true,
    () => false,
  );
}

/** Ends TLS on this side too, says a command in clear, and gives its reply; `undefined` where none comes in time. */
export async function commandInClear(lab: ServerLab, session: LabSession, text: string): Promise<Reply | undefined> {
  const { control } = session;
  const { tls, raw } = control;
  if (tls === undefined) return session.command(text).catch(() => undefined);
  let bytes = Buffer.alloc(0);
  const { promise, resolve } = Promise.withResolvers<Reply>();
  raw.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    const length = replyLength(bytes);
    if (length !== undefined) resolve(readReply(bytes.subarray(0, length)));
  });
  const finished = once(tls, 'finish');
  control.closeNotifyOnly();
  await within(finished, 'close_notify', lab.timeouts.promptMs).catch(() => undefined);
  lab.log.add({ kind: 'text', line: session.name, by: 'lab', text: `${text} (in clear)` });
  await control.writeRaw(`${text}\r\n`).catch(() => undefined);
  const reply = await within(promise, 'a reply in clear', lab.timeouts.replyMs).catch(() => undefined);
  if (reply !== undefined) {
    lab.log.add({ kind: 'text', line: session.name, by: 'peer', text: `${reply.text} (in clear)` });
  }
  return reply;
}
