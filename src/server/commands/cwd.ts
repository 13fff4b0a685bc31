/** CWD and CDUP: change of the working directory (RFC 959 section 4.1.1). */

import { printable, type Reply } from '../../protocol/index.ts';
import { reply } from '../replies.ts';
import type { Session } from '../session.ts';
import { defineCommand } from './define-command.ts';
import { kept } from './requirement.ts';

async function change(session: Session, argument: string, code: number): Promise<Reply> {
  const path = session.path(argument);
  const entry = await session.storage.stat(path);
  if (entry.type !== 'directory') return reply(550, `${printable(path)}: Not a directory`);
  session.workingDirectory = path;
  return reply(code, `CWD successful. "${printable(path).replaceAll('"', '""')}" is current directory.`);
}

export const cwd = defineCommand({
  verbs: ['CWD', 'XCWD'],
  argument: 'required',
  help: 'CWD directory',
  features: () => ['TVFS'],
  clause: 'RFC 959 section 4.1.1, RFC 3659 section 6',
  requirements: [
    kept('RFC 959 section 4.1.1', 'Changes the working directory; nothing above the root can be reached.'),
    kept('RFC 3659 section 6', 'Paths are those of a tree of files with names between slashes (TVFS).'),
  ],
  run: (session, argument) => change(session, argument, 250),
});

export const cdup = defineCommand({
  verbs: ['CDUP', 'XCUP'],
  argument: 'none',
  help: 'CDUP',
  clause: 'RFC 959 section 4.1.1',
  requirements: [kept('RFC 959 section 4.1.1', 'Changes to the directory above; at the root nothing changes.')],
  run: (session) => change(session, '..', 250),
});
