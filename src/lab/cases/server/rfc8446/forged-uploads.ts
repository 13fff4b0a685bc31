/** D17 and D18: what RFC 8446 allows a client to send, and clients rarely do. */

import { defineServerCase, type ServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import { readBack } from '../../../server-lab/own-files.ts';
import { forgeUpload } from '../../../server-lab/secured-session.ts';

const before = Buffer.alloc(40_000, 'a');
const behind = Buffer.alloc(40_000, 'b');

export const dataBehindCloseNotify = defineServerCase({
  id: 'rfc8446/6.1/data-behind-close-notify',
  row: 'D17',
  area: 'tls',
  level: 'MUST',
  clause: 'RFC 8446 section 6.1',
  requirement: 'What a client sends behind its close_notify is ignored.',
  outcomes: {
    ignored: { grade: 'pass', says: 'the file ends where close_notify came' },
    refused: { grade: 'non-strict', says: 'the upload is answered negatively because of bytes behind close_notify' },
    taken: { grade: 'broken', says: 'bytes behind close_notify are written to the file' },
    spoiled: { grade: 'fail', says: 'the upload is confirmed, and the file is not what came before close_notify' },
  },
  advice: 'Stop reading at close_notify.',
  needs: ['explicit-tls', 'write'],
  async run(lab) {
    const path = lab.newPath();
    const { session, line, records } = await forgeUpload(lab, path);
    const bytes = [records.data(before), records.closeNotify(), records.data(behind)];
    session.fault('40,000 bytes, close_notify, and 40,000 bytes more', line.name);
    await line.writeRaw(Buffer.concat(bytes)).catch(() => undefined);
    line.raw.end();
    const reply = await session.reply();
    if (classOf(reply) !== 2) return { outcome: 'refused', facts: reply.text };
    const content = await readBack(session, path);
    const facts = `${reply.text}; ${content.length} bytes are there`;
    if (content.equals(before)) return { outcome: 'ignored', facts };
    return { outcome: content.length > before.length ? 'taken' : 'spoiled', facts };
  },
});

function keyUpdateCase(row: string, asksServer: boolean): ServerCase {
  const what = asksServer ? 'a KeyUpdate that asks for one in return' : 'a KeyUpdate';
  return defineServerCase({
    id: `rfc8446/4.6.3/key-update-${asksServer ? 'of-both' : 'of-the-client'}`,
    row,
    area: 'tls',
    level: 'MUST',
    clause: 'RFC 8446 section 4.6.3',
    requirement: `An upload goes on behind ${what}.`,
    outcomes: {
      whole: { grade: 'pass', says: `the upload goes on behind ${what}` },
      refused: { grade: 'broken', says: `the upload fails at ${what}` },
      spoiled: { grade: 'fail', says: `the upload is confirmed, and the file is not what was sent around ${what}` },
    },
    advice: 'Leave KeyUpdate to the TLS library and go on reading.',
    needs: ['explicit-tls', 'write'],
    async run(lab) {
      const path = lab.newPath();
      const { session, line, records } = await forgeUpload(lab, path);
      session.fault(what, line.name);
      const bytes = [records.data(before), records.keyUpdate(asksServer), records.data(behind), records.closeNotify()];
      await line.writeRaw(Buffer.concat(bytes)).catch(() => undefined);
      line.raw.end();
      const reply = await session.reply();
      if (classOf(reply) !== 2) return { outcome: 'refused', facts: reply.text };
      const content = await readBack(session, path);
      const isWhole = content.equals(Buffer.concat([before, behind]));
      return { outcome: isWhole ? 'whole' : 'spoiled', facts: `${reply.text}; ${content.length} bytes are there` };
    },
  });
}

export const clientKeyUpdate = keyUpdateCase('D18a', false);
export const bothKeyUpdate = keyUpdateCase('D18b', true);
