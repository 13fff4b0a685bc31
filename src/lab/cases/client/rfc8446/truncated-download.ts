/** D10: a TLS download that is cut short and confirmed by 226. */

import { defineClientCase } from '../../../engine/lab-case.ts';
import type { ScriptedSession } from '../../../../peer/index.ts';

export const truncatedDownload = defineClientCase({
  id: 'rfc8446/6.1/truncated-download',
  row: 'D10',
  area: 'data',
  level: 'MUST',
  clause: 'RFC 8446 section 6.1',
  requirement: 'A download that ends without close_notify is not taken for complete because 226 comes.',
  outcomes: {
    detected: { grade: 'pass', says: 'the client reports a failure' },
    accepted: { grade: 'broken', says: 'the client reports success for a quarter of the file' },
    hung: { grade: 'fail', says: 'the client hangs' },
  },
  advice: 'Tell close_notify from a bare FIN on the data connection, and compare with SIZE.',
  smoke: true,
  task: 'download',
  async run(lab) {
    const content = lab.random.bytes(4 * 1024 * 1024);
    const run = await lab.run({
      content,
      commands: {
        SIZE: '502 No SIZE here',
        MLST: '502 No MLST here',
        FEAT: '211-Features:\n AUTH TLS\n EPSV\n PBSZ\n PROT\n211 End',
        RETR: async (session: ScriptedSession) => {
          await session.reply('150 Here it comes');
          const line = await session.acceptData();
          await line.write(content.subarray(0, content.length / 4));
          lab.fault('FIN without close_notify behind a quarter of the file', 'data 1.1');
          line.finWithoutCloseNotify();
          await session.reply('226 Done');
        },
      },
    });
    if (run.hung) return { outcome: 'hung', facts: run.facts };
    return { outcome: run.claimsSuccess ? 'accepted' : 'detected', facts: run.facts };
  },
});
