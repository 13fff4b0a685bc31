/** SIZE: bytes that RETR would send (RFC 3659 section 4); for an interrupted upload of the same user, bytes it has. */

import { printable } from '../../protocol/index.ts';
import { reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';

export const size = defineCommand({
  verbs: ['SIZE'],
  argument: 'required',
  features: () => ['SIZE'],
  help: 'SIZE file',
  clause: 'RFC 3659 section 4',
  run: async (session, argument) => {
    const path = session.path(argument);
    if (session.type === 'ascii')
      return reply(550, 'SIZE in ASCII type would need the whole file to be read, use TYPE I');
    const stored = session.storagePath(path);
    // Both at once: clients ask for the size of each small file, and nearly always the second answer is the one.
    const [partial, found] = await Promise.allSettled([
      session.storage.partialSize(stored, { name: session.account?.name ?? '' }),
      session.storage.stat(stored),
    ]);
    if (partial.status === 'rejected') throw partial.reason;
    if (partial.value !== undefined) return reply(213, String(partial.value));
    if (found.status === 'rejected') throw found.reason;
    const entry = found.value;
    if (entry.type !== 'file') return reply(550, `${printable(path)}: Not a regular file`);
    return reply(213, String(entry.size ?? 0));
  },
});
