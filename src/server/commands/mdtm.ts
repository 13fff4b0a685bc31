/** MDTM: the modification time (RFC 3659 section 3). */

import { printable, serialiseTimeValue } from '../../protocol/index.ts';
import { reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';

export const mdtm = defineCommand({
  verbs: ['MDTM'],
  argument: 'required',
  features: () => ['MDTM'],
  help: 'MDTM file',
  clause: 'RFC 3659 section 3',
  run: async (session, argument) => {
    const path = session.path(argument);
    const entry = await session.storage.stat(session.storagePath(path));
    if (entry.type !== 'file' || entry.modifiedMs === undefined) {
      return reply(550, `${printable(path)}: Not a regular file`);
    }
    return reply(213, serialiseTimeValue(Math.floor(entry.modifiedMs / 1000) * 1000));
  },
});
