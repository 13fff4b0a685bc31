/** C12, C13: clear bytes where TLS was agreed on, and a ClientHello where it was not. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import { sizeOf } from '../../../server-lab/aftermath.ts';
import { hasEnded } from '../../../server-lab/stray-replies.ts';

export const clearBytesForTls = defineServerCase({
  id: 'rfc4217/10.2/clear-bytes-for-tls',
  row: 'C12',
  area: 'security',
  level: 'MUST',
  clause: 'RFC 4217 sections 9 and 10.2',
  requirement: 'Under PROT P an upload without a TLS handshake is refused by 522, and nothing of it is stored.',
  outcomes: {
    refused: { grade: 'pass', says: 'the upload is refused, and nothing of it is stored' },
    'other-code': {
      grade: 'non-strict',
      says: 'nothing is stored, and the upload is refused by another code than 522, 421, 425 and 426',
    },
    confirmed: { grade: 'broken', says: 'the upload is confirmed, and nothing of it is stored' },
    stored: { grade: 'fail', says: 'bytes that came in clear are stored under PROT P' },
    ended: { grade: 'non-strict', says: 'nothing is stored, and the session is ended without a reply' },
    hung: { grade: 'broken', says: 'no reply comes to an upload without a handshake' },
  },
  advice: 'Close the data connection when its handshake fails, answer 522, and store nothing.',
  needs: ['tls', 'write'],
  async run(lab) {
    const path = lab.newPath();
    const session = await lab.open();
    const line = await session.passive({ tls: false });
    const begun = await session.command(`STOR ${path}`);
    session.fault('bytes in clear in place of ClientHello', line.name);
    await line.write('this is no ClientHello, and no server may store it\r\n'.repeat(20)).catch(() => undefined);
    line.fin();
    const done = classOf(begun) === 1 ? await session.replyOrNothing() : begun;
    const size = await sizeOf(lab, path);
    const facts = `${begun.text}; ${done?.text ?? 'nothing'}; ${size === undefined ? 'no file' : `${size} bytes`}`;
    if (size !== undefined && size > 0) return { outcome: 'stored', facts };
    if (done === undefined) return { outcome: hasEnded(session) ? 'ended' : 'hung', facts };
    if (classOf(done) < 4) return { outcome: 'confirmed', facts };
    return { outcome: [421, 425, 426, 522].includes(done.code) ? 'refused' : 'other-code', facts };
  },
});

export const helloInClear = defineServerCase({
  id: 'rfc4217/9/hello-in-clear',
  row: 'C13',
  area: 'tls',
  level: 'MAY',
  clause: 'RFC 4217 section 9',
  requirement: 'Under PROT C a ClientHello on the data connection is payload like any other, or refused.',
  outcomes: {
    stored: { grade: 'info', says: 'a ClientHello under PROT C is stored as the bytes of a file' },
    refused: { grade: 'info', says: 'a ClientHello under PROT C is refused' },
    altered: { grade: 'fail', says: 'other bytes are stored than were sent under PROT C' },
    hung: { grade: 'fail', says: 'no reply comes to an upload that begins with a ClientHello under PROT C' },
  },
  advice:
    'Under PROT C take every byte of the data connection as payload, or refuse what looks like TLS by a clear reply.',
  needs: ['tls', 'write'],
  async run(lab) {
    const session = await lab.greeted();
    await session.secure();
    await session.logIn();
    await session.need(200, 'PBSZ 0');
    const prot = await session.command('PROT C');
    if (classOf(prot) > 3) lab.skip(`PROT C is answered ${prot.text}`);
    await session.need(200, 'TYPE I');
    const path = lab.newPath();
    const line = await session.passive({ tls: false }).catch(() => lab.skip('no data port can be had under PROT C'));
    const begun = await session.command(`STOR ${path}`);
    if (classOf(begun) !== 1) lab.skip(`STOR is answered ${begun.text}`);
    const hello = Buffer.concat([Buffer.from([22, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3]), lab.random.bytes(194)]);
    await line.write(hello).catch(() => undefined);
    line.fin();
    const done = await session.replyOrNothing();
    if (done === undefined) return 'hung';
    if (classOf(done) > 3) return { outcome: 'refused', facts: done.text };
    const size = await sizeOf(lab, path);
    return { outcome: size === hello.length ? 'stored' : 'altered', facts: `${done.text}; ${size ?? 'no'} bytes` };
  },
});
