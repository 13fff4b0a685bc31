/**
 * D21: a handshake on the data connection that comes in the smallest segments, as over a path with a tiny MSS. How small the
 * pieces are in which the lab reads is not seen by a server: its kernel holds the whole flight, however long the chain is.
 */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import { reasonOf } from '../../../server-lab/handshake.ts';

export const handshakeInPieces = defineServerCase({
  id: 'engineering/data-tls/handshake-in-pieces',
  row: 'D21',
  area: 'tls',
  level: 'engineering',
  clause: 'engineering',
  requirement: 'A TLS handshake on the data connection whose bytes come one by one is done as any other.',
  outcomes: {
    served: { grade: 'pass', says: 'a handshake that comes byte by byte is done, and the file comes' },
    'no-handshake': { grade: 'fail', says: 'a handshake that comes byte by byte fails' },
    refused: { grade: 'fail', says: 'a transfer fails whose handshake came byte by byte' },
  },
  advice: 'Wait for whole TLS records: no read from a socket need bring one.',
  needs: ['tls'],
  async run(lab) {
    const file = await lab.file(64 * 1024);
    const session = await lab.open();
    const line = await session.connectData(await session.passivePort(), { tls: false });
    line.sendRecordsInPiecesOf(1);
    session.secureData(line);
    const begun = await session.command(`RETR ${file.path}`);
    if (classOf(begun) !== 1) return { outcome: 'refused', facts: begun.text };
    const failure = await line.secured.then(() => undefined, reasonOf);
    if (failure !== undefined) return { outcome: 'no-handshake', facts: `${begun.text}; ${failure}` };
    const bytes = await line.finish().catch(() => undefined);
    const reply = await session.reply();
    const isWhole = classOf(reply) === 2 && bytes?.equals(file.bytes) === true;
    return { outcome: isWhole ? 'served' : 'refused', facts: reply.text };
  },
});
