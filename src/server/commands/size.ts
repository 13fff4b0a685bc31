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
    const partial = await session.storage.partialSize(session.storagePath(path), { name: session.account?.name ?? '' });
    if (partial !== undefined) return reply(213, String(partial));
    const entry = await session.storage.stat(session.storagePath(path));
    if (entry.type !== 'file') return reply(550, `${printable(path)}: Not a regular file`);
    return reply(213, String(entry.size ?? 0));
  },
});
