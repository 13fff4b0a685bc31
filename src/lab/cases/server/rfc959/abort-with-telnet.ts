/** L05: ABOR behind Telnet IP and Synch, as RFC 959 asks clients to send it. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';

/** IAC IP, IAC DM. */
const interruptAndSynch = Buffer.from([255, 244, 255, 242]);

export const abortWithTelnet = defineServerCase({
  id: 'rfc959/4.1.3/abort-with-telnet',
  row: 'L05',
  area: 'control',
  level: 'MUST',
  clause: 'RFC 959 section 4.1.3, RFC 4217 section 14',
  requirement: 'ABOR behind Telnet Interrupt Process and Data Mark is taken as ABOR, without TCP urgent data too.',
  outcomes: {
    taken: { grade: 'pass', says: 'ABOR is answered positively' },
    'not-seen': { grade: 'broken', says: 'the Telnet bytes make ABOR an unknown command' },
    'extra-replies': { grade: 'broken', says: 'the Telnet bytes get replies of their own' },
  },
  advice: 'Drop Telnet commands (IAC and what follows) from the control stream before commands are read.',
  async run(lab) {
    const session = await lab.open();
    await session.send(Buffer.concat([interruptAndSynch, Buffer.from('ABOR\r\n')]));
    const reply = await session.reply();
    const next = await session.command('PWD');
    const facts = `${reply.text}; then ${next.text}`;
    if (next.code !== 257) return { outcome: 'extra-replies', facts };
    return { outcome: classOf(reply) === 2 ? 'taken' : 'not-seen', facts };
  },
});
