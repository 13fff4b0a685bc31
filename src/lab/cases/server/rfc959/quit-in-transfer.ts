/** L10: QUIT in the middle of a download. */

import { holdDownload } from '../../../server-lab/held-download.ts';
import { defineServerCase } from '../../../engine/lab-case.ts';

export const quitInTransfer = defineServerCase({
  id: 'rfc959/4.1.1/quit-in-transfer',
  row: 'L10',
  area: 'failure',
  level: 'MUST',
  clause: 'RFC 959 section 4.1.1',
  requirement:
    'QUIT in the middle of a transfer lets it come to its end, and its reply, before the connection is closed.',
  outcomes: {
    finished: { grade: 'pass', says: 'the file comes whole, then 226 and 221, and the connection is closed' },
    'no-goodbye': { grade: 'non-strict', says: 'the file comes whole with 226, and no 221 comes' },
    'no-confirmation': { grade: 'broken', says: 'the file comes whole, and no 226 comes for it' },
    cut: { grade: 'broken', says: 'the transfer is cut by QUIT' },
  },
  advice: 'Keep QUIT until the transfer is over, answer 226 for it and then 221, and close.',
  async run(lab) {
    const { file, session, line } = await holdDownload(lab);
    session.fault('QUIT behind 256 KiB of the download');
    await session.send('QUIT\r\n');
    const first = await session.replyOrNothing(300);
    line.resume();
    await line.finish();
    const second = await session.replyOrNothing(lab.timeouts.promptMs);
    const third = first === undefined ? await session.replyOrNothing(lab.timeouts.promptMs) : undefined;
    const replies = [first, second, third].filter((reply) => reply !== undefined);
    const facts = `${line.receivedBytes} of ${file.bytes.length} bytes; ${replies.map(({ text }) => text).join('; ')}`;
    if (line.receivedBytes < file.bytes.length) return { outcome: 'cut', facts };
    if (!replies.some(({ code }) => code === 226 || code === 250)) return { outcome: 'no-confirmation', facts };
    return { outcome: replies.some(({ code }) => code === 221) ? 'finished' : 'no-goodbye', facts };
  },
});
