/** L11: two transfers asked for in one breath over one data port. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';

export const twoTransfersOnePort = defineServerCase({
  id: 'rfc1123/4.1.2.5/two-transfers-one-port',
  row: 'L11',
  area: 'data',
  level: 'engineering',
  clause: 'RFC 1123 section 4.1.2.5',
  requirement:
    'Behind a transfer its data port is used up: a second transfer in the same breath is answered, once and in order.',
  outcomes: {
    refused: { grade: 'pass', says: 'the first file comes whole, and the second transfer is refused' },
    'first-lost': { grade: 'broken', says: 'the first transfer does not come to its end' },
    unanswered: { grade: 'broken', says: 'the second transfer is not answered' },
    tried: {
      grade: 'info',
      says: 'the second transfer is begun (a connection to the default data port) and then refused',
    },
    confirmed: { grade: 'fail', says: 'the second transfer is confirmed although it had no data connection' },
  },
  advice: 'Read the second command when the first is done, and answer 425 (or 503) where no PASV or EPSV came between.',
  async run(lab) {
    const file = await lab.file(256 * 1024);
    const session = await lab.open();
    const line = await session.passive();
    line.discard();
    const command = `RETR ${file.path}\r\n`;
    await session.send(command + command);
    const begun = await session.reply();
    await line.secured;
    await line.finish();
    const first = await session.reply();
    let second = await session.replyOrNothing(lab.timeouts.promptMs);
    const isTried = second !== undefined && classOf(second) === 1;
    if (isTried) second = await session.replyOrNothing(lab.timeouts.promptMs);
    const facts = [begun, first, second].map((reply) => reply?.text ?? 'nothing').join('; ');
    if (classOf(first) !== 2 || line.receivedBytes !== file.bytes.length) return { outcome: 'first-lost', facts };
    if (second === undefined) return { outcome: 'unanswered', facts };
    if (classOf(second) < 4) return { outcome: 'confirmed', facts };
    return { outcome: isTried ? 'tried' : 'refused', facts };
  },
});
