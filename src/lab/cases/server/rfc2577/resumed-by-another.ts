/** N05: the second part of an upload comes from another address than the first. */

import { once } from 'node:events';
import { connect } from 'node:net';
import { WatchedLine, within } from '../../../../peer/index.ts';
import { SetupFailed } from '../../../engine/case-errors.ts';
import { defineServerCase } from '../../../engine/lab-case.ts';
import { observeLine } from '../../../engine/observe-line.ts';
import { classOf } from '../../../engine/reply.ts';
import { transferDown, transferUp } from '../../../server-lab/plain-transfers.ts';
import type { LabSession } from '../../../server-lab/lab-session.ts';
import type { ServerLab } from '../../../server-lab/server-lab.ts';
import { strayReplies } from '../../../server-lab/stray-replies.ts';

const partBytes = 64 * 1024;

/** A line from the second address to the passive port; undefined where nobody takes it. */
async function strangerAt(lab: ServerLab, session: LabSession, port: number): Promise<WatchedLine | undefined> {
  const localAddress = lab.target.secondAddress ?? lab.skip('no second address');
  const raw = connect({ host: session.remoteHost, port, localAddress, allowHalfOpen: true });
  try {
    await within(once(raw, 'connect'), 'a connection', lab.timeouts.promptMs);
    return new WatchedLine(raw, observeLine(lab.log, 'data of another', 'bytes'));
  } catch {
    raw.destroy();
    return undefined;
  }
}

/** Sends the bytes and ends the line in order, as far as the server lets it. */
async function sendAll(lab: ServerLab, session: LabSession, line: WatchedLine, bytes: Uint8Array): Promise<void> {
  try {
    if (session.protection === 'P') await line.startTls({}, lab.timeouts.promptMs);
    await line.write(bytes);
    if (line.tls === undefined) line.fin();
    else line.closeNotifyThenFin();
  } catch {
    // The server has ended it, which is what it is to do.
  }
}

export const resumedByAnother = defineServerCase({
  id: 'rfc2577/8/upload-resumed-by-another',
  row: 'N05',
  area: 'security',
  level: 'engineering',
  clause: 'engineering (compare RFC 2577 section 8)',
  requirement: 'The second part of an upload is not taken from another address than its first.',
  outcomes: {
    refused: { grade: 'pass', says: 'nothing of what another address sends comes into the file' },
    taken: {
      grade: 'broken',
      says: 'what another address sends is joined to the upload; whether it is logged cannot be seen',
    },
    spoiled: {
      grade: 'fail',
      says: 'the first part is not there any more when another address has come with the second',
    },
  },
  advice:
    'Take data connections from the address of the control connection only, or those that resume its TLS session.',
  needs: ['write', 'second-address'],
  async run(lab) {
    const [first, second] = [lab.random.bytes(partBytes), lab.random.bytes(partBytes)];
    const session = await lab.open();
    const path = lab.newPath();
    const stored = await transferUp(session, path, first);
    if (classOf(stored) !== 2) throw new SetupFailed(`STOR of the first part is answered ${stored.text}`);
    const port = await session.passivePort();
    const stranger = await strangerAt(lab, session, port);
    session.fault('the second part comes from another address');
    try {
      // Some servers say at once that they have turned somebody away.
      const [told] = await strayReplies(session, 1);
      if (told !== undefined) return { outcome: 'refused', facts: told.text };
      const rest = await session.implemented(`REST ${first.length}`);
      if (rest.code !== 350) lab.skip(`REST is answered ${rest.text}`);
      await session.send(`STOR ${path}\r\n`);
      const begun = await session.replyOrNothing(lab.timeouts.promptMs);
      if (stranger !== undefined) await sendAll(lab, session, stranger, second);
      const last =
        begun !== undefined && classOf(begun) === 1 ? await session.replyOrNothing(lab.timeouts.promptMs) : begun;
      stranger?.destroy();
      // A server that still waits for the right one is let go.
      session.destroy();
      const { reply, bytes: found } = await transferDown(await lab.open(), path);
      if (classOf(reply) !== 2)
        return { outcome: 'spoiled', facts: `${last?.text ?? 'no reply'}; RETR: ${reply.text}` };
      const facts = `${last?.text ?? 'no reply'}; ${found.length} bytes are there, ${first.length} of them of the first part`;
      if (!found.subarray(0, first.length).equals(first)) return { outcome: 'spoiled', facts };
      return { outcome: found.length > first.length ? 'taken' : 'refused', facts };
    } finally {
      stranger?.destroy();
    }
  },
});
