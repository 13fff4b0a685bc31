/** L02: ABOR in the middle of a download. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { watchEnd } from '../../../server-lab/aftermath.ts';

export const abortInDownload = defineServerCase({
  id: 'rfc959/4.1.3/abort-in-download',
  row: 'L02',
  area: 'failure',
  level: 'MUST',
  clause: 'RFC 959 section 4.1.3',
  requirement:
    'ABOR in a download closes the data connection and is answered by 426 and then 226; the session goes on.',
  outcomes: {
    aborted: { grade: 'pass', says: 'the data connection is closed, 426 and 226 come, and the session goes on' },
    'looks-complete': {
      grade: 'unclean',
      says: 'the aborted download ends in order (close_notify or FIN), as a complete one does',
    },
    'other-replies': { grade: 'broken', says: 'ABOR is not answered by 426 and then 226' },
    'ran-on': { grade: 'broken', says: 'the transfer runs on to its end as if there had been no ABOR' },
    lost: { grade: 'broken', says: 'the session cannot be used behind ABOR' },
  },
  advice: 'Read the control connection while data are sent, reset the data connection at ABOR, and answer 426 and 226.',
  smoke: true,
  async run(lab) {
    const file = await lab.file(8 * 1024 * 1024);
    const session = await lab.open();
    const line = await session.passive();
    line.discard();
    await session.need([125, 150], `RETR ${file.path}`);
    await line.secured;
    await line.untilReceived(256 * 1024);
    line.pause();
    const faultMs = session.fault('ABOR behind 256 KiB of the download');
    const bytesBefore = line.receivedBytes;
    await session.send('ABOR\r\n');
    const first = await session.reply();
    line.resume();
    const end = await watchEnd(line, faultMs, {
      withinMs: lab.timeouts.promptMs,
      bytesBefore,
      isClean: (how) => how === 'reset' || (how === 'fin' && session.protection === 'P'),
    });
    const second = await session.replyOrNothing();
    const facts = `${first.text}; ${second?.text ?? 'nothing more'}`;
    const seen = { facts, lines: [end] };
    if (line.receivedBytes >= file.bytes.length) return { outcome: 'ran-on', ...seen };
    const noop = await session.command('NOOP').catch(() => undefined);
    if (noop?.code !== 200) return { outcome: 'lost', ...seen };
    if (first.code !== 426 || Math.floor((second?.code ?? 0) / 100) !== 2) return { outcome: 'other-replies', ...seen };
    return { outcome: end.isClean ? 'aborted' : 'looks-complete', ...seen };
  },
});
