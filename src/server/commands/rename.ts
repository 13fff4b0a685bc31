/** RNFR and RNTO: a rename in two steps (RFC 959 section 4.1.3). */

import { printable } from '../../protocol/index.ts';
import { replies, reply } from '../replies.ts';
import { noteChange } from '../file-changes.ts';
import { defineCommand } from './define-command.ts';
import { kept } from './requirement.ts';

export const rnfr = defineCommand({
  verbs: ['RNFR'],
  argument: 'required',
  permission: 'write',
  help: 'RNFR name',
  clause: 'RFC 959 section 4.1.3',
  requirements: [kept('RFC 959 section 4.1.3', 'Names what is to be renamed; RNTO must follow: 350.')],
  run: async (session, argument) => {
    const path = session.path(argument);
    if (path === '/') return reply(550, 'The root directory cannot be renamed');
    const { perm } = await session.storage.stat(path);
    if (perm?.includes('f') === false)
      return reply(550, `${printable(path)}: Permission denied: you may not rename this`);
    session.renameSource = path;
    session.fire('rename-source-given');
    return reply(350, 'File exists, ready for destination name');
  },
});

export const rnto = defineCommand({
  verbs: ['RNTO'],
  argument: 'required',
  permission: 'write',
  keepsRename: true,
  changes: 'rename',
  help: 'RNTO new-name',
  clause: 'RFC 959 section 4.1.3',
  requirements: [kept('RFC 959 section 4.1.3', 'Gives the new name; 503 without RNFR right before it.')],
  run: async (session, argument) => {
    const source = session.renameSource;
    if (source === undefined) return replies.badSequence('RNTO needs RNFR first');
    session.renameSource = undefined;
    session.fire('pending-consumed');
    const target = session.path(argument);
    noteChange(session, { operation: 'rename', path: source, target });
    await session.storage.rename(source, target);
    return reply(250, 'File renamed successfully');
  },
});
