/** L02: ABOR in the middle of a download. */

import { holdDownload } from '../../../server-lab/held-download.ts';
import { defineServerCase } from '../../../engine/lab-case.ts';
import { readOn } from '../control-close/following.ts';
import { downloadBytes } from '../control-close/staging.ts';

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
    const { file, session, line } = await holdDownload(lab, downloadBytes);
    const faultMs = session.fault('ABOR behind 256 KiB of the download');
    await session.send('ABOR\r\n');
    // Servers that write to a client that does not read cannot hear it: what is under way is taken, slowly.
    const { report: end } = await readOn({ line, bytes: file.bytes }, faultMs);
    if (end.ending !== 'open' && line.tls !== undefined) line.closeNotifyThenFin();
    const first = await session.reply(lab.timeouts.promptMs);
    const second = await session.replyOrNothing(lab.timeouts.promptMs);
    const facts = `${first.text}; ${second?.text ?? 'nothing more'}`;
    const seen = { facts, lines: [end] };
    if (line.receivedBytes >= file.bytes.length) return { outcome: 'ran-on', ...seen };
    const noop = await session.command('NOOP').catch(() => undefined);
    if (noop?.code !== 200) return { outcome: 'lost', ...seen };
    if (first.code !== 426 || Math.floor((second?.code ?? 0) / 100) !== 2) return { outcome: 'other-replies', ...seen };
    return { outcome: end.isClean ? 'aborted' : 'looks-complete', ...seen };
  },
});
