/** B04: a server that answers AUTH with 334, as for mechanisms with a dialogue. */

import { defineClientCase } from '../../../engine/lab-case.ts';

/** The content type of the first record of TLS (RFC 8446 section 5.1). */
const clientHelloRecord = 22;

export const securityDataWanted = defineClientCase({
  id: 'rfc2228/3/334-for-auth',
  row: 'B04',
  area: 'tls',
  level: 'MAY',
  clause: 'RFC 4217 section 4.2',
  requirement: '334 as the answer to AUTH TLS may be taken for 234, or end the session.',
  outcomes: {
    continues: { grade: 'info', says: 'the client begins TLS' },
    stops: { grade: 'info', says: 'the client ends the session' },
    dialogue: { grade: 'non-strict', says: 'the client sends ADAT, which TLS does not have' },
    clear: { grade: 'fail', says: 'the client goes on without TLS' },
    hangs: { grade: 'non-strict', says: 'the client comes to no end' },
    crashes: { grade: 'fail', says: 'the client crashes' },
  },
  advice: 'Begin TLS or end the session; there is no ADAT in TLS.',
  task: 'download',
  async run(lab) {
    let hasBegun = false;
    const run = await lab.run({
      commands: {
        AUTH: async (session) => {
          await session.reply('334 Go on');
          // What comes is looked at and left: the beginning of TLS, a command in clear, or nothing.
          await session.control.take((unread) => (unread.length > 0 ? 0 : undefined), 'what comes of 334', 20_000);
          hasBegun = session.control.unread()[0] === clientHelloRecord;
          if (hasBegun) await session.upgrade();
        },
      },
    });
    const { facts, commands } = run;
    if (commands.some((line) => line.startsWith('ADAT'))) return { outcome: 'dialogue', facts };
    if (run.crashed) return { outcome: 'crashes', facts };
    if (hasBegun) return { outcome: 'continues', facts };
    if (commands.some((line) => line.startsWith('USER'))) return { outcome: 'clear', facts };
    return { outcome: run.hung ? 'hangs' : 'stops', facts };
  },
});
