/** C11: PROT between the data port and the transfer. */

import { SetupFailed } from '../../../engine/case-errors.ts';
import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import { reasonOf } from '../../../server-lab/handshake.ts';

export const protectionBehindPort = defineServerCase({
  id: 'rfc4217/8/protection-behind-port',
  row: 'C11',
  area: 'tls',
  level: 'MUST',
  clause: 'RFC 4217 sections 8 and 10.2',
  requirement: 'PROT P between EPSV and RETR counts for that transfer.',
  outcomes: {
    applied: { grade: 'pass', says: 'PROT P behind EPSV protects the transfer' },
    'port-refused': { grade: 'non-strict', says: 'no data port can be had before PROT P' },
    'port-gone': { grade: 'broken', says: 'PROT P closes the data port that EPSV has opened' },
    'old-level': { grade: 'broken', says: 'PROT P behind EPSV is taken, and no TLS is done on the data connection' },
    'not-complete': { grade: 'broken', says: 'the transfer behind EPSV and PROT P does not complete' },
  },
  advice: 'Look at the level of protection when the transfer begins, not when the data port is opened.',
  smoke: true,
  needs: ['explicit-tls'],
  async run(lab) {
    const file = await lab.file(64 * 1024);
    const session = await lab.greeted();
    await session.secure();
    await session.logIn();
    await session.need(200, 'TYPE I');
    await session.need(200, 'PBSZ 0');
    const port = await session.passivePort().catch((error: unknown) => {
      if (error instanceof SetupFailed) return error.message;
      throw error;
    });
    if (typeof port === 'string') return { outcome: 'port-refused', facts: port };
    await session.need(200, 'PROT P');
    session.protection = 'P';
    const line = await session.connectData(port).catch((error: unknown) => {
      if (error instanceof SetupFailed) return error.message;
      throw error;
    });
    if (typeof line === 'string') return { outcome: 'port-gone', facts: line };
    const begun = await session.command(`RETR ${file.path}`);
    if (classOf(begun) !== 1) return { outcome: 'not-complete', facts: begun.text };
    const failure = await line.secured.then(() => undefined, reasonOf);
    if (failure !== undefined) return { outcome: 'old-level', facts: failure };
    const bytes = await line.finish();
    const done = await session.reply();
    const isWhole = bytes.equals(file.bytes) && classOf(done) === 2;
    return { outcome: isWhole ? 'applied' : 'not-complete', facts: `${bytes.length} bytes; ${done.text}` };
  },
});
