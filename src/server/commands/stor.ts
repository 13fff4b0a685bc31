/** STOR and APPE: uploads (RFC 959 section 4.1.3). */

import type { Reply } from '../../protocol/index.ts';
import type { WriteMode } from '../../storage/index.ts';
import type { Session } from '../session.ts';
import { runTransfer } from '../transfers/run-transfer.ts';
import { receiveFile } from '../transfers/work.ts';
import { defineCommand } from './define-command.ts';

function receive(session: Session, verb: string, argument: string, mode: WriteMode): Promise<Reply | undefined> {
  const path = session.path(argument);
  const { type, announcedBytes } = session;
  session.announcedBytes = undefined;
  const startOffset = mode.kind === 'resume' ? mode.offset : 0;
  return runTransfer(session, { direction: 'upload', verb, path, startOffset }, async () => {
    const owner = { name: session.account?.name ?? '' };
    return receiveFile(await session.storage.openWrite(session.storagePath(path), owner, mode), type, announcedBytes);
  });
}

export const stor = defineCommand({
  verbs: ['STOR'],
  argument: 'required',
  data: 'transfer',
  permission: 'write',
  help: 'STOR file',
  clause: 'RFC 959 section 4.1.3',
  run: (session, argument) => {
    const offset = session.restartOffset;
    return receive(session, 'STOR', argument, offset > 0 ? { kind: 'resume', offset } : { kind: 'replace' });
  },
});

export const appe = defineCommand({
  verbs: ['APPE'],
  argument: 'required',
  data: 'transfer',
  permission: 'write',
  help: 'APPE file',
  clause: 'RFC 959 section 4.1.3',
  run: (session, argument) => receive(session, 'APPE', argument, { kind: 'append' }),
});
