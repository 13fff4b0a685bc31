/** CWD and CDUP: change of the working directory (RFC 959 section 4.1.1). */

import { printable, type Reply } from '../../protocol/index.ts';
import { reply } from '../replies.ts';
import type { Session } from '../session.ts';
import { defineCommand } from './define-command.ts';

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
  clause: 'RFC 959 section 4.1.1',
  run: (session, argument) => change(session, argument, 250),
});

export const cdup = defineCommand({
  verbs: ['CDUP', 'XCUP'],
  argument: 'none',
  help: 'CDUP',
  clause: 'RFC 959 section 4.1.1',
  run: (session) => change(session, '..', 250),
});
