/** D20: whether 150 comes before or behind the TLS handshake on the data connection, and what a client may wait for. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf, type Reply } from '../../../engine/reply.ts';
import type { DataLine } from '../../../server-lab/data-line.ts';
import type { LabSession } from '../../../server-lab/lab-session.ts';
import type { RemoteFile } from '../../../server-lab/scratch.ts';

/** Reads the file and the last reply. Whether all of it came and was confirmed. */
async function isServed(session: LabSession, line: DataLine, file: RemoteFile): Promise<[boolean, Reply | undefined]> {
  const isSecured = await line.secured.then(
    () => true,
    () => false,
  );
  const bytes = isSecured ? await line.finish().catch(() => undefined) : undefined;
  if (!isSecured) line.destroy();
  const last = await session.replyOrNothing();
  return [bytes?.equals(file.bytes) === true && last !== undefined && classOf(last) === 2, last];
}

export const helloAtOnce = defineServerCase({
  id: 'rfc4217/10.2/hello-at-once',
  row: 'D20a',
  area: 'tls',
  level: 'MUST',
  clause: 'RFC 4217 sections 10.2 and 12.7',
  requirement: 'A client may send its ClientHello as soon as the data connection stands, before 150 has come.',
  outcomes: {
    served: {
      grade: 'pass',
      says: 'a ClientHello that comes before the transfer was asked for is taken, and the file comes',
    },
    refused: { grade: 'broken', says: 'a transfer is refused whose ClientHello came before it was asked for' },
    stuck: {
      grade: 'fail',
      says: 'neither the handshake nor the transfer goes on behind a ClientHello that came early',
    },
  },
  advice: 'Leave what has come on the data connection in the socket until TLS is begun on it.',
  needs: ['tls'],
  async run(lab) {
    const file = await lab.file(64 * 1024);
    const session = await lab.open();
    const line = await session.passive();
    // So the ClientHello is there before the server looks for it.
    await session.need(200, 'NOOP');
    await session.send(`RETR ${file.path}\r\n`);
    const first = await session.replyOrNothing();
    if (first === undefined) return { outcome: 'stuck', facts: 'no reply to RETR' };
    if (classOf(first) !== 1) return { outcome: 'refused', facts: first.text };
    const [served, last] = await isServed(session, line, file);
    const facts = `${first.text}; ${last?.text ?? 'nothing more'}`;
    if (served) return { outcome: 'served', facts };
    return { outcome: last === undefined ? 'stuck' : 'refused', facts };
  },
});

export const helloBehind150 = defineServerCase({
  id: 'rfc4217/10.2/hello-behind-150',
  row: 'D20b',
  area: 'tls',
  level: 'MAY',
  clause: 'RFC 4217 sections 10.2 and 12.7',
  requirement: 'A client may wait for 150 before its ClientHello: TLS is negotiated once the data connection is made.',
  outcomes: {
    'before-handshake': { grade: 'info', says: '150 comes before the TLS handshake on the data connection' },
    'behind-handshake': {
      grade: 'info',
      says: '150 comes behind the TLS handshake: a client that waits for 150 first, and this server, wait for each other',
    },
    refused: { grade: 'fail', says: 'a transfer fails whose ClientHello came behind 150' },
    stuck: { grade: 'fail', says: 'neither 150 nor the transfer comes, without a ClientHello and with it' },
  },
  advice: 'Send 150 when the data connection stands, and negotiate TLS on it then.',
  needs: ['tls'],
  async run(lab) {
    const file = await lab.file(64 * 1024);
    const session = await lab.open();
    const line = await session.connectData(await session.passivePort(), { tls: false });
    await session.send(`RETR ${file.path}\r\n`);
    const early = await session.replyOrNothing(lab.timeouts.promptMs);
    if (early !== undefined && classOf(early) !== 1) return { outcome: 'refused', facts: early.text };
    session.secureData(line);
    const first = early ?? (await session.replyOrNothing());
    if (first === undefined) return { outcome: 'stuck', facts: 'no reply to RETR' };
    if (classOf(first) !== 1) return { outcome: 'refused', facts: first.text };
    const [served, last] = await isServed(session, line, file);
    const facts = `${first.text} ${early === undefined ? 'behind' : 'before'} the ClientHello; ${last?.text ?? 'nothing more'}`;
    if (!served) return { outcome: last === undefined ? 'stuck' : 'refused', facts };
    return { outcome: early === undefined ? 'behind-handshake' : 'before-handshake', facts };
  },
});
