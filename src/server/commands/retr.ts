/** RETR: a download (RFC 959 section 4.1.3). */

import { reply } from '../replies.ts';
import { runTransfer } from '../transfers/run-transfer.ts';
import { sendFile, sendText } from '../transfers/work.ts';
import { StorageError } from '../../errors/index.ts';
import { defineCommand } from './define-command.ts';

export const retr = defineCommand({
  verbs: ['RETR'],
  argument: 'required',
  data: 'transfer',
  help: 'RETR file',
  clause: 'RFC 959 section 4.1.3',
  run: (session, argument) => {
    const path = session.path(argument);
    const { type, restartOffset } = session;
    if (restartOffset > 0 && type === 'ascii') return reply(504, 'REST counts bytes: use TYPE I first');
    return runTransfer(session, { direction: 'download', verb: 'RETR', path, startOffset: restartOffset }, async () => {
      const file = await session.storage.openRead(session.storagePath(path));
      if (restartOffset > file.size) {
        await file.close();
        throw new StorageError(
          'bad-offset',
          path,
          `The restart offset ${restartOffset} is behind the end of the file.`,
        );
      }
      return type === 'image' ? sendFile(file, restartOffset) : sendText(file);
    });
  },
});
