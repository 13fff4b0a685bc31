/** L03: ABOR in the middle of an upload. */

import { setTimeout as sleep } from 'node:timers/promises';
import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import { sizeOf } from '../../../server-lab/aftermath.ts';
import { writeOn } from '../control-close/following.ts';
import { beginningBytes, uploadBytes } from '../control-close/staging.ts';

/** How long the server has to read what was sent before ABOR comes, in milliseconds. */
const settleMs = 200;

export const abortInUpload = defineServerCase({
  id: 'rfc959/4.1.3/abort-in-upload',
  row: 'L03',
  area: 'failure',
  level: 'MUST',
  clause: 'RFC 959 section 4.1.3',
  requirement: 'ABOR in an upload closes the data connection and is answered by 426 and then 226; the session goes on.',
  outcomes: {
    aborted: { grade: 'pass', says: 'the data connection is closed, 426 and 226 come, and the session goes on' },
    'other-replies': { grade: 'broken', says: 'ABOR is not answered by 426 and then 226' },
    'ran-on': { grade: 'broken', says: 'the data connection stays open behind ABOR, or the upload runs on to its end' },
    lost: { grade: 'broken', says: 'the session cannot be used behind ABOR' },
  },
  advice: 'Read the control connection while data come, close the data connection at ABOR, and answer 426 and 226.',
  needs: ['write'],
  async run(lab) {
    const path = lab.newPath();
    const session = await lab.open();
    const line = await session.passive();
    await session.need([125, 150], `STOR ${path}`);
    await line.secured;
    const piece = lab.random.bytes(beginningBytes);
    const bytes = Buffer.concat(Array.from({ length: uploadBytes / beginningBytes }, () => piece));
    await line.write(piece);
    // A server that has read nothing yet has no transfer to abort.
    await sleep(settleMs);
    const faultMs = session.fault('ABOR behind 256 KiB of the upload');
    await session.send('ABOR\r\n');
    const { report: end, isWhole } = await writeOn({ line, bytes }, beginningBytes, faultMs);
    const first = await session.replyOrNothing(lab.timeouts.promptMs);
    line.destroy();
    const second = await session.replyOrNothing(lab.timeouts.promptMs);
    const noop = await session.command('NOOP').catch(() => undefined);
    const left = await sizeOf(lab, path);
    const kept = `under the name ${left ?? 'no'} bytes of ${bytes.length}`;
    const facts = `${first?.text ?? 'nothing'}; ${second?.text ?? 'nothing more'}; ${kept}`;
    const seen = { facts, lines: [end] };
    if (end.ending === 'open' || isWhole) return { outcome: 'ran-on', ...seen };
    if (noop?.code !== 200) return { outcome: 'lost', ...seen };
    const isRight = first?.code === 426 && second !== undefined && classOf(second) === 2;
    return { outcome: isRight ? 'aborted' : 'other-replies', ...seen };
  },
});
