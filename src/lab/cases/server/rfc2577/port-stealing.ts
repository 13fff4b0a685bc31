/** N02: somebody else is first at the passive port. */

import { once } from 'node:events';
import { connect } from 'node:net';
import { WatchedLine, within } from '../../../../peer/index.ts';
import { defineServerCase } from '../../../engine/lab-case.ts';
import { observeLine } from '../../../engine/observe-line.ts';
import { classOf } from '../../../engine/reply.ts';
import { SetupFailed } from '../../../engine/case-errors.ts';
import type { ServerLab } from '../../../server-lab/server-lab.ts';

/** A line to a port of the server from the second address; `undefined` where it is refused. */
async function thiefAt(lab: ServerLab, port: number): Promise<WatchedLine | undefined> {
  const { host, secondAddress } = lab.target;
  const raw = connect({ host, port, allowHalfOpen: true, ...(secondAddress ? { localAddress: secondAddress } : {}) });
  try {
    await within(once(raw, 'connect'), 'a connection', lab.timeouts.promptMs);
    return new WatchedLine(raw, observeLine(lab.log, 'data of the thief', 'bytes'));
  } catch {
    raw.destroy();
    return undefined;
  }
}

export const portStealing = defineServerCase({
  id: 'rfc2577/8/port-stealing',
  row: 'N02',
  area: 'security',
  level: 'SHOULD',
  clause: 'RFC 2577 section 8, RFC 4217 section 15.2.6',
  requirement: 'Whoever else comes first to the passive port gets nothing of the file.',
  outcomes: {
    served: { grade: 'pass', says: 'the other one gets nothing, and the client gets its file' },
    blocked: { grade: 'pass', says: 'the other one gets nothing, and the transfer is refused' },
    stolen: { grade: 'broken', says: 'the file goes to whoever connects first to the passive port' },
  },
  advice:
    'Take data connections from the address of the control connection only, or those that resume its TLS session.',
  needs: ['second-address'],
  async run(lab) {
    const file = await lab.file(64 * 1024);
    const session = await lab.open();
    const port = await session.passivePort();
    const thief = await thiefAt(lab, port);
    session.fault('somebody else connects to the passive port first');
    try {
      if (session.protection === 'P') thief?.startTls({}, lab.timeouts.tlsMs).catch(() => undefined);
      const line = await session.connectData(port).catch((error: unknown) => {
        if (error instanceof SetupFailed) return undefined;
        throw error;
      });
      const begun = await session.command(`RETR ${file.path}`);
      if (classOf(begun) === 1) {
        const owner = line?.untilReceived(file.bytes.length, lab.timeouts.promptMs).catch(() => undefined);
        const robbed = thief?.untilReceived(1, lab.timeouts.promptMs).catch(() => undefined);
        await Promise.race([owner ?? robbed, session.replyOrNothing()]);
      }
      const stolen = thief?.receivedBytes ?? 0;
      const facts = `${begun.text}; ${stolen} bytes to the other, ${line?.receivedBytes ?? 0} to the client`;
      if (stolen > 0) return { outcome: 'stolen', facts };
      return { outcome: line?.receivedBytes === file.bytes.length ? 'served' : 'blocked', facts };
    } finally {
      thief?.destroy();
    }
  },
});
