/** RETR: a download (RFC 959 section 4.1.3). */

import { formOf } from '../transfers/form.ts';
import { runTransfer } from '../transfers/run-transfer.ts';
import { sendFile } from '../transfers/work.ts';
import { StorageError } from '../../errors/index.ts';
import { defineCommand } from './define-command.ts';
import { kept } from './requirement.ts';

export const retr = defineCommand({
  verbs: ['RETR'],
  argument: 'required',
  movesData: true,
  changes: 'download',
  help: 'RETR file',
  clause: 'RFC 959 section 4.1.3',
  requirements: [
    kept(
      'RFC 959 section 4.1.3',
      'Sends a file over the data connection: 150, then 226 when the client has all of it.',
    ),
    kept('RFC 959 section 3.1.1.1', 'In ASCII type lines end with CRLF on the way.'),
  ],
  run: (session, argument) => {
    const path = session.path(argument);
    const { restartOffset } = session;
    const form = formOf(session);
    const plan = { direction: 'download', verb: 'RETR', path, startOffset: restartOffset } as const;
    return runTransfer(session, plan, async (transfer) => {
      const file = await session.storage.openRead(path);
      try {
        if (form.type === 'image' && restartOffset > file.size) {
          throw new StorageError('bad-offset', path, `The restart offset ${restartOffset} is behind the end.`);
        }
        return await sendFile(file, restartOffset, form, transfer, session.membership.share?.pace('down'));
      } catch (error) {
        await file.close();
        throw error;
      }
    });
  },
});
