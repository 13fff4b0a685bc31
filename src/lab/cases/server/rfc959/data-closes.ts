/** H01 to H06: when a server closes the data connection (RFC 959 section 3.2). Closes in the middle of a transfer have cases of their own. */

import { holdDownload } from '../../../server-lab/held-download.ts';
import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import { watchEnd } from '../../../server-lab/aftermath.ts';
import { transferDown } from '../../../server-lab/plain-transfers.ts';

const isOrderly = (how: string): boolean => how === 'close-notify';

export const closeAtEnd = defineServerCase({
  id: 'rfc959/3.2/close-at-the-end-of-data',
  row: 'H01',
  area: 'data',
  level: 'MUST',
  clause: 'RFC 959 section 3.2 (1)',
  requirement:
    'The server closes the data connection behind the last byte of a download, with close_notify where there is TLS.',
  outcomes: {
    closed: { grade: 'pass', says: 'the data connection is closed in order behind the last byte, and 226 comes' },
    'not-in-order': {
      grade: 'unclean',
      says: 'all bytes come, and the data connection ends without close_notify or by a reset',
    },
    'left-open': { grade: 'broken', says: 'the data connection stays open behind the last byte' },
    refused: { grade: 'broken', says: 'all bytes come, and the transfer is answered negatively' },
  },
  advice: 'Send close_notify and FIN behind the last byte, then answer 226.',
  async run(lab) {
    const file = await lab.file(64 * 1024);
    const session = await lab.open();
    const line = await session.passive();
    await session.need([125, 150], `RETR ${file.path}`);
    await line.secured;
    await line.untilReceived(file.bytes.length);
    const lastMs = performance.now();
    const bytesBefore = line.receivedBytes;
    const isClean = (how: string): boolean => isOrderly(how) || (how === 'fin' && session.protection === 'C');
    const end = await watchEnd(line, lastMs, { withinMs: lab.timeouts.promptMs, bytesBefore, isClean });
    if (end.ending === 'open') return { outcome: 'left-open', lines: [end] };
    if (!line.raw.destroyed) {
      if (line.tls === undefined) line.fin();
      else line.closeNotifyThenFin();
    }
    const reply = await session.reply();
    const seen = { facts: reply.text, lines: [end] };
    if (classOf(reply) !== 2) return { outcome: 'refused', ...seen };
    return { outcome: end.isClean ? 'closed' : 'not-in-order', ...seen };
  },
});

export const closeAtAbort = defineServerCase({
  id: 'rfc959/3.2/close-at-abor',
  row: 'H02',
  area: 'data',
  level: 'SHOULD',
  clause: 'RFC 959 sections 3.2 (2) and 4.1.3',
  requirement:
    'ABOR while a data connection is open and nothing is transferred closes it and is answered by 226 or 225.',
  outcomes: {
    closed: { grade: 'pass', says: 'ABOR is answered positively, and the open data connection is closed' },
    open: { grade: 'broken', says: 'ABOR is answered positively, and the data connection stays open' },
    refused: { grade: 'fail', says: 'ABOR is answered negatively' },
  },
  advice: 'Close the data connection and its listener at ABOR, and answer 226.',
  smoke: true,
  async run(lab) {
    const session = await lab.open();
    const line = await session.passive({ tls: false });
    const bytesBefore = line.receivedBytes;
    const faultMs = session.fault('ABOR, with an open data connection and no transfer');
    const reply = await session.implemented('ABOR');
    if (classOf(reply) !== 2) return { outcome: 'refused', facts: reply.text };
    const options = { withinMs: lab.timeouts.promptMs, bytesBefore, isClean: (how: string) => how !== 'open' };
    const end = await watchEnd(line, faultMs, options);
    return { outcome: end.isClean ? 'closed' : 'open', facts: reply.text, lines: [end] };
  },
});

export const newPortInTransfer = defineServerCase({
  id: 'rfc959/3.2/new-port-in-transfer',
  row: 'H03',
  area: 'data',
  level: 'MUST',
  clause: 'RFC 959 section 3.2 (3)',
  requirement:
    'A new EPSV in a download closes its data connection; servers that read it only behind the transfer are common.',
  outcomes: {
    closed: { grade: 'pass', says: 'the new EPSV ends the download' },
    deferred: { grade: 'info', says: 'the new EPSV is answered when the download is complete' },
    refused: { grade: 'info', says: 'the new EPSV is refused, and the download goes on' },
    'beside-it': { grade: 'info', says: 'the new EPSV is answered at once, and the download goes on' },
    lost: { grade: 'broken', says: 'the download does not come, or the session ends, for an EPSV in the middle of it' },
  },
  advice: 'End the transfer, or answer the command behind it: never mix up the two.',
  async run(lab) {
    const { file, session, line } = await holdDownload(lab);
    session.fault('EPSV behind 256 KiB of the download');
    await session.send('EPSV\r\n');
    const early = await session.replyOrNothing(Math.min(1_000, lab.timeouts.promptMs));
    line.resume();
    const bytesBefore = line.receivedBytes;
    const options = { withinMs: lab.timeouts.replyMs, bytesBefore, isClean: (how: string) => how !== 'open' };
    const end = await watchEnd(line, performance.now(), options);
    if (line.tls !== undefined && !line.raw.destroyed) line.closeNotifyThenFin();
    const next = await session.replyOrNothing(early === undefined ? undefined : lab.timeouts.promptMs);
    const facts = `${early?.text ?? 'nothing at once'}; ${next?.text ?? 'nothing more'}; ${line.receivedBytes} bytes`;
    const isWhole = line.receivedBytes >= file.bytes.length;
    if (next === undefined && early === undefined) return { outcome: 'lost', facts, lines: [end] };
    if (!isWhole) return { outcome: end.isClean ? 'closed' : 'lost', facts, lines: [end] };
    if (early === undefined) return { outcome: 'deferred', facts };
    return { outcome: classOf(early) > 3 ? 'refused' : 'beside-it', facts };
  },
});

export const closeWithControl = defineServerCase({
  id: 'rfc959/3.2/close-with-the-control-line',
  row: 'H04',
  area: 'data',
  level: 'MUST',
  clause: 'RFC 959 section 3.2 (4)',
  requirement: 'The server closes an open data connection when the control connection is closed.',
  outcomes: {
    closed: { grade: 'pass', says: 'the data connection is closed with the control connection' },
    open: { grade: 'broken', says: 'the data connection outlives the control connection' },
  },
  advice: 'Close the data connection and its listener when the session ends.',
  async run(lab) {
    const session = await lab.open();
    const line = await session.passive({ tls: false });
    const bytesBefore = line.receivedBytes;
    const faultMs = session.fault('the control line is reset while a data connection is open');
    session.control.reset();
    const options = { withinMs: lab.timeouts.promptMs, bytesBefore, isClean: (how: string) => how !== 'open' };
    const end = await watchEnd(line, faultMs, options);
    return { outcome: end.isClean ? 'closed' : 'open', lines: [end] };
  },
});

export const closeAtError = defineServerCase({
  id: 'rfc959/3.2/close-at-an-error',
  row: 'H05',
  area: 'data',
  level: 'MUST',
  clause: 'RFC 959 section 3.2 (5)',
  requirement:
    'A record that cannot be decrypted ends an upload: the data connection is closed, the reply is negative, the session goes on.',
  outcomes: {
    closed: { grade: 'pass', says: 'the data connection is closed, the reply is negative, and the session goes on' },
    confirmed: { grade: 'fail', says: 'an upload with a spoiled record is confirmed' },
    open: { grade: 'broken', says: 'the data connection stays open behind a spoiled record' },
    unanswered: { grade: 'broken', says: 'no reply comes to an upload with a spoiled record' },
    lost: { grade: 'broken', says: 'the session ends with a spoiled record on the data connection' },
  },
  advice: 'Close the data connection at any TLS error on it and answer 426 or 451.',
  needs: ['tls', 'write'],
  async run(lab) {
    const session = await lab.open();
    const line = await session.passive();
    await session.need([125, 150], `STOR ${lab.newPath()}`);
    await line.secured;
    await line.write(lab.random.bytes(64 * 1024));
    const bytesBefore = line.receivedBytes;
    const faultMs = session.fault('a record that cannot be decrypted', line.name);
    line.corruptNextRecord();
    await line.write(lab.random.bytes(1_024)).catch(() => undefined);
    const options = { withinMs: lab.timeouts.promptMs, bytesBefore, isClean: (how: string) => how !== 'open' };
    const end = await watchEnd(line, faultMs, options);
    const reply = await session.replyOrNothing();
    const seen = { facts: reply?.text ?? 'no reply', lines: [end] };
    if (reply !== undefined && classOf(reply) === 2) return { outcome: 'confirmed', ...seen };
    if (!end.isClean) return { outcome: 'open', ...seen };
    if (reply === undefined && session.control.ending.how === 'none') return { outcome: 'unanswered', ...seen };
    const noop = await session.command('NOOP').catch(() => undefined);
    return { outcome: reply !== undefined && noop?.code === 200 ? 'closed' : 'lost', ...seen };
  },
});

export const blockMode = defineServerCase({
  id: 'rfc959/3.4.2/end-in-block-mode',
  row: 'H06',
  area: 'data',
  level: 'MUST',
  clause: 'RFC 959 sections 3.2 and 3.4.2',
  requirement:
    'In block mode the end of the file is marked, and 226 or 250 says whether the data connection was closed.',
  outcomes: {
    marked: { grade: 'pass', says: 'the end of the file is marked, and the transfer is confirmed' },
    'not-marked': { grade: 'broken', says: 'the data connection ends without the mark for the end of the file' },
    refused: { grade: 'broken', says: 'MODE B is accepted, and a download in it is refused' },
  },
  advice: 'Set the bit for the end of the file in the last block, or answer 504 to MODE B.',
  async run(lab) {
    const file = await lab.file(64 * 1024);
    const session = await lab.open();
    await session.implemented('MODE B');
    const { reply, bytes } = await transferDown(session, file.path);
    const facts = `${reply.text}; ${bytes.length} bytes`;
    if (classOf(reply) !== 2) return { outcome: 'refused', facts };
    return { outcome: endsMarked(bytes) ? 'marked' : 'not-marked', facts };
  },
});

/** Whether the blocks (RFC 959 section 3.4.2) are whole and the last one has the bit for the end of the file. */
function endsMarked(bytes: Buffer): boolean {
  let at = 0;
  let descriptor = 0;
  while (at + 3 <= bytes.length) {
    descriptor = bytes[at] ?? 0;
    at += 3 + bytes.readUInt16BE(at + 1);
  }
  return at === bytes.length && (descriptor & 64) !== 0;
}
