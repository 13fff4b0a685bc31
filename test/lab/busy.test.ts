/** The cases about what is said while data move, each with a peer that keeps the rule and one that breaks it. */

import { noopInTransfer, statInTransfer } from '../../src/lab/cases/server/rfc1123/command-in-transfer.ts';
import { twoTransfersOnePort } from '../../src/lab/cases/server/rfc1123/two-transfers-one-port.ts';
import { abortAtEnd } from '../../src/lab/cases/server/rfc959/abort-at-end.ts';
import { abortBehindPassive, abortIdle } from '../../src/lab/cases/server/rfc959/abort-idle.ts';
import { abortInDownload } from '../../src/lab/cases/server/rfc959/abort-in-download.ts';
import { abortInUpload } from '../../src/lab/cases/server/rfc959/abort-in-upload.ts';
import { abortWithTelnet } from '../../src/lab/cases/server/rfc959/abort-with-telnet.ts';
import { passiveWhileBusy } from '../../src/lab/cases/server/rfc959/passive-while-busy.ts';
import { quitInTransfer } from '../../src/lab/cases/server/rfc959/quit-in-transfer.ts';
import type { Script } from '../../src/peer/index.ts';
import { judgesEach, scripted } from './judged-cases.ts';

/** Answers what was asked in the middle of the transfer when all bytes have gone, and then the transfer. */
const refusesBeforeItsEnd: Script = async (session, name) => {
  await session.reply('150 Here it comes');
  const line = await session.acceptData();
  await line.write(session.uploads.get(name) ?? Buffer.alloc(0));
  await session.endData(line);
  await session.reply('500 What?');
  await session.reply('226 Done');
};

/** The scripted server reads no command before a transfer is over: ABOR and QUIT come too late. */
judgesEach('What is said while data move', [
  [
    abortIdle,
    { ours: 'positive' },
    scripted('FAIL', 'refused', { ABOR: '426 Nothing to abort' }),
    scripted('INFO', 'other-positive', { ABOR: '200 Fine' }),
  ],
  [abortBehindPassive, { ours: 'positive' }, scripted('INFO', 'port-kept')],
  [abortBehindPassive, scripted('FAIL', 'refused', { ABOR: '550 No' })],
  [abortInDownload, { ours: 'aborted' }, scripted('FAIL', 'ran-on')],
  [abortInUpload, { ours: 'aborted' }, scripted('FAIL', 'ran-on')],
  [
    abortAtEnd,
    { ours: 'two' },
    scripted('FAIL', 'one', { ABOR: () => undefined }),
    scripted('FAIL', 'more', { ABOR: '226 One\r\n226 Two' }),
  ],
  [
    abortWithTelnet,
    { ours: 'taken' },
    // The Telnet bytes make another verb of it, which is not in the script.
    scripted('FAIL', 'not-seen'),
  ],
  [
    statInTransfer,
    { ours: 'at-once' },
    scripted('PASS', 'deferred', { STAT: '211 All is well' }),
    scripted('FAIL', 'refused', { STAT: '500 What?' }),
    scripted('FAIL', 'refused', { STAT: () => undefined, RETR: refusesBeforeItsEnd }),
    scripted('FAIL', 'lost', { STAT: () => undefined }),
  ],
  [
    noopInTransfer,
    { ours: 'at-once' },
    scripted('PASS', 'deferred'),
    scripted('INFO', 'refused', { NOOP: '500 Not now' }),
    scripted('FAIL', 'lost', { NOOP: () => undefined }),
  ],
  [
    quitInTransfer,
    { ours: 'finished' },
    scripted('NON-STRICT', 'no-goodbye', { QUIT: (session) => session.control.closeNotifyThenFin() }),
    scripted('FAIL', 'cut', {
      RETR: async (session) => {
        await session.reply('150 Here it comes');
        const line = await session.acceptData();
        await line.write(Buffer.alloc(400_000));
        await session.endData(line);
        await session.reply('221 Goodbye');
      },
    }),
  ],
  [
    twoTransfersOnePort,
    { ours: 'refused' },
    scripted('FAIL', 'confirmed', {
      RETR: async (session, name) => {
        await (session.commands.filter((line) => line.startsWith('RETR')).length > 1
          ? session.reply('226 Done')
          : session.perform(async () => {
              const bytes = session.uploads.get(name) ?? Buffer.alloc(0);
              await session.reply('150 Here it comes');
              const line = await session.acceptData();
              await line.write(bytes);
              await session.endData(line);
              await session.reply('226 Done');
            }, name));
      },
    }),
  ],
  [
    passiveWhileBusy,
    { ours: 'kept' },
    scripted('INFO', 'kept'),
    scripted('FAIL', 'unanswered', {
      EPSV: (session) =>
        session.commands.filter((line) => line === 'EPSV').length > 1
          ? undefined
          : session.openData().then((port) => session.reply(`229 Here (|||${port}|)`)),
    }),
  ],
]);
