/** Finds out whether a server sends data in clear or waits for TLS, whatever was said before. */

import { setTimeout as sleep } from 'node:timers/promises';
import { SetupFailed } from '../engine/case-errors.ts';
import { classOf } from '../engine/reply.ts';
import { reasonOf } from './handshake.ts';
import type { LabSession } from './lab-session.ts';
import type { ServerLab } from './server-lab.ts';

export interface DataProtection {
  /** `clear-in-tls`: a handshake is done, and payload follows it in clear. `stuck`: neither clear payload nor TLS is to be had. */
  readonly found: 'clear' | 'private' | 'refused' | 'clear-in-tls' | 'stuck';
  /** The code of the refusal of a transfer. */
  readonly code?: number;
  /** What was refused: the data port, or the transfer. */
  readonly at?: 'port' | 'transfer';
  readonly facts: string;
}

/** Bytes of the file that is asked for. */
const fileBytes = 64 * 1024;

/** Downloads a file in TYPE I over a passive connection on which this end says nothing first. */
export async function dataProtection(lab: ServerLab, session: LabSession): Promise<DataProtection> {
  const file = await lab.file(fileBytes);
  const port = await session.passivePort().catch((error: unknown) => {
    if (error instanceof SetupFailed) return error.message;
    throw error;
  });
  if (typeof port === 'string') return { found: 'refused', at: 'port', facts: port };
  const line = await session.connectData(port, { tls: false });
  const begun = await session.command(`RETR ${file.path}`);
  const facts = begun.text;
  if (classOf(begun) !== 1) return { found: 'refused', at: 'transfer', code: begun.code, facts };
  await Promise.race([line.untilReceived(1).catch(() => undefined), sleep(lab.timeouts.promptMs)]);
  if (line.receivedBytes > 0) {
    const bytes = await line.finish();
    await session.replyOrNothing();
    return { found: bytes.equals(file.bytes) ? 'clear' : 'stuck', facts: `${facts}; ${bytes.length} bytes in clear` };
  }
  const early = await session.replyOrNothing(100);
  if (early !== undefined)
    return { found: 'refused', at: 'transfer', code: early.code, facts: `${facts}; ${early.text}` };
  const wire: Buffer[] = [];
  line.raw.on('data', (chunk: Buffer) => wire.push(chunk));
  const showsClearText = (): boolean => Buffer.concat(wire).includes(file.bytes.subarray(0, 256));
  try {
    session.secureData(line);
    await line.secured;
    const bytes = await line.finish();
    await session.replyOrNothing();
    if (showsClearText()) return { found: 'clear-in-tls', facts: `${facts}; payload in clear behind the handshake` };
    return {
      found: bytes.equals(file.bytes) ? 'private' : 'stuck',
      facts: `${facts}; ${bytes.length} bytes under TLS`,
    };
  } catch (error) {
    return { found: 'stuck', facts: `${facts}; ${reasonOf(error)}` };
  }
}
