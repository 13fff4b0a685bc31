/** L12: another PASV or EPSV in the middle of a download, and its replies. Whether the data connection closes is H03. */

import { holdDownload } from '../../../server-lab/held-download.ts';
import { defineServerCase } from '../../../engine/lab-case.ts';

export const passiveWhileBusy = defineServerCase({
  id: 'rfc959/3.2-3/passive-while-busy',
  row: 'L12',
  area: 'data',
  level: 'MUST',
  clause: 'RFC 959 sections 3.2 (3) and 4.2',
  requirement: 'EPSV in the middle of a transfer and the transfer itself get one reply each.',
  outcomes: {
    closed: { grade: 'pass', says: 'the data connection is closed, and the port of EPSV is new' },
    kept: { grade: 'info', says: 'EPSV is answered behind the transfer, which comes to its end' },
    refused: { grade: 'info', says: 'EPSV is refused in the middle of the transfer, which comes to its end' },
    'early-port': { grade: 'info', says: 'EPSV is answered at once, and the transfer comes to its end' },
    unanswered: { grade: 'fail', says: 'EPSV and the transfer do not get one reply each' },
  },
  advice: 'Close the data connection with 426, or keep EPSV until the transfer is over.',
  async run(lab) {
    const { file, session, line } = await holdDownload(lab);
    session.fault('EPSV behind 256 KiB of the download');
    await session.send('EPSV\r\n');
    const early = await session.replyOrNothing(1_000);
    line.resume();
    await line.finish().catch(() => undefined);
    const one = early ?? (await session.replyOrNothing(lab.timeouts.promptMs));
    const two = await session.replyOrNothing(lab.timeouts.promptMs);
    const facts = `${one?.text ?? 'nothing'}; ${two?.text ?? 'nothing more'}; ${line.receivedBytes} of ${file.bytes.length} bytes`;
    if (one === undefined || two === undefined) return { outcome: 'unanswered', facts };
    if (line.receivedBytes < file.bytes.length) return { outcome: 'closed', facts };
    if (early === undefined) return { outcome: 'kept', facts };
    return { outcome: early.code === 229 ? 'early-port' : 'refused', facts };
  },
});
