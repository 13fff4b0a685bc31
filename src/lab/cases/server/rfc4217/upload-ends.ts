/** D13 to D16: how a client ends an upload, and what the server makes of it. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import { watchEnd } from '../../../server-lab/aftermath.ts';
import type { DataLine } from '../../../server-lab/data-line.ts';
import type { LabSession } from '../../../server-lab/lab-session.ts';
import type { ServerLab } from '../../../server-lab/server-lab.ts';
import { transferDown } from '../../../server-lab/plain-transfers.ts';

interface Upload {
  readonly session: LabSession;
  readonly line: DataLine;
  readonly path: string;
}

/** STOR with that many bytes sent; the line is not ended. */
async function beginUpload(lab: ServerLab, byteCount: number): Promise<Upload> {
  const session = await lab.open();
  const path = lab.newPath();
  const line = await session.passive();
  await session.need([125, 150], `STOR ${path}`);
  await line.secured;
  if (byteCount > 0) await line.write(lab.random.bytes(byteCount));
  return { session, line, path };
}

export const truncatedUpload = defineServerCase({
  id: 'rfc8446/6.1/upload-without-close-notify',
  row: 'D13',
  area: 'tls',
  level: 'SHOULD',
  clause: 'RFC 8446 section 6.1',
  requirement: 'An upload that ends by FIN without close_notify was cut: it is not confirmed.',
  outcomes: {
    refused: { grade: 'pass', says: 'an upload without close_notify is answered negatively' },
    confirmed: { grade: 'broken', says: 'an upload that ends without close_notify is confirmed as complete' },
  },
  advice: 'Answer 426 or 451 where the data line ends without close_notify: an attacker can cut a TCP connection.',
  needs: ['tls', 'write'],
  smoke: true,
  async run(lab) {
    const { session, line } = await beginUpload(lab, 256 * 1024);
    session.fault('FIN without close_notify behind 256 KiB of the upload', line.name);
    line.finWithoutCloseNotify();
    const reply = await session.reply();
    return { outcome: classOf(reply) === 2 ? 'confirmed' : 'refused', facts: reply.text };
  },
});

export const resetUpload = defineServerCase({
  id: 'rfc959/3.2/upload-ended-by-reset',
  row: 'D14',
  area: 'failure',
  level: 'MUST',
  clause: 'RFC 959 section 3.2 (5)',
  requirement: 'An upload whose data connection is reset is not confirmed, and the session goes on.',
  outcomes: {
    refused: { grade: 'pass', says: 'an upload that ends by a reset is answered negatively, and the session goes on' },
    confirmed: { grade: 'broken', says: 'an upload that ends by a reset is confirmed as complete' },
    lost: { grade: 'broken', says: 'the session cannot be used behind a reset of the data connection' },
  },
  advice: 'Answer 426 where the data connection is reset.',
  needs: ['write'],
  async run(lab) {
    const { session, line } = await beginUpload(lab, 256 * 1024);
    session.fault('RST behind 256 KiB of the upload', line.name);
    line.reset();
    const reply = await session.reply();
    if (classOf(reply) === 2) return { outcome: 'confirmed', facts: reply.text };
    const noop = await session.command('NOOP').catch(() => undefined);
    return { outcome: noop?.code === 200 ? 'refused' : 'lost', facts: reply.text };
  },
});

export const closeNotifyAnswered = defineServerCase({
  id: 'rfc4217/12.7/close-notify-answered',
  row: 'D15',
  area: 'tls',
  level: 'SHOULD',
  clause: 'RFC 4217 section 12.7',
  requirement:
    "The client's close_notify ends an upload: the server answers with its own and confirms, without waiting for FIN.",
  outcomes: {
    answered: { grade: 'pass', says: 'close_notify is answered by close_notify, and the upload is confirmed' },
    'no-close-notify': { grade: 'unclean', says: 'the upload is confirmed, and the server sends no close_notify' },
    waits: { grade: 'broken', says: 'the server waits for FIN behind close_notify before it says anything' },
    refused: { grade: 'broken', says: 'an upload that ends by close_notify is answered negatively' },
  },
  advice: 'Take close_notify for the end of the upload, send close_notify, and close.',
  needs: ['tls', 'write'],
  async run(lab) {
    const { session, line } = await beginUpload(lab, 64 * 1024);
    const bytesBefore = line.receivedBytes;
    const faultMs = session.fault('close_notify, and no FIN', line.name);
    line.closeNotifyOnly();
    const isClean = (how: string): boolean => how === 'close-notify';
    const end = await watchEnd(line, faultMs, { withinMs: lab.timeouts.promptMs, bytesBefore, isClean });
    const early = end.isClean ? undefined : await session.replyOrNothing(lab.timeouts.promptMs);
    if (!line.raw.destroyed) line.raw.end();
    const reply = early ?? (await session.reply());
    const seen = { facts: reply.text, lines: [end] };
    if (classOf(reply) !== 2) return { outcome: 'refused', ...seen };
    if (!end.isClean && early === undefined) return { outcome: 'waits', ...seen };
    return { outcome: end.isClean ? 'answered' : 'no-close-notify', ...seen };
  },
});

export const emptyUpload = defineServerCase({
  id: 'rfc4217/12.7/empty-upload',
  row: 'D16',
  area: 'tls',
  level: 'MUST',
  clause: 'RFC 4217 section 12.7',
  requirement: 'An upload of no bytes over TLS makes an empty file.',
  outcomes: {
    stored: { grade: 'pass', says: 'an empty upload is confirmed, and the file has 0 bytes' },
    alert: { grade: 'unclean', says: 'an empty upload is confirmed, and the data line ends by a TLS alert' },
    refused: { grade: 'broken', says: 'an empty upload is answered negatively' },
    'other-size': { grade: 'fail', says: 'an empty upload is confirmed, and the file has bytes or is not there' },
  },
  advice: 'Finish the handshake before looking at the end of the data line.',
  needs: ['tls', 'write'],
  async run(lab) {
    const { session, line, path } = await beginUpload(lab, 0);
    line.closeNotifyThenFin();
    const reply = await session.reply();
    if (classOf(reply) !== 2) return { outcome: 'refused', facts: reply.text };
    const size = await session.command(`SIZE ${path}`);
    const facts = `${reply.text}; ${size.text}`;
    // SIZE may be missing, or say something else for an empty file: then the file itself tells.
    const isEmpty = size.text === '213 0' || (!/^213 \d+$/.test(size.text) && (await comesEmpty(session, path)));
    if (!isEmpty) return { outcome: 'other-size', facts };
    return { outcome: line.tlsError === undefined ? 'stored' : 'alert', facts };
  },
});

async function comesEmpty(session: LabSession, path: string): Promise<boolean> {
  const { reply, bytes } = await transferDown(session, path);
  return classOf(reply) === 2 && bytes.length === 0;
}
