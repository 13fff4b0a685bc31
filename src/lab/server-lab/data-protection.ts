/** Finds out whether a server sends data in clear or waits for TLS, whatever was said before. */

import { setTimeout as sleep } from 'node:timers/promises';
import { SetupFailed } from '../engine/case-errors.ts';
import { classOf } from '../engine/reply.ts';
import { reasonOf } from './handshake.ts';
import type { LabSession } from './lab-session.ts';
import type { ServerLab } from './server-lab.ts';

export interface DataProtection {
  /** `stuck`: neither payload in clear nor a handshake can be had. */
  readonly found: 'clear' | 'private' | 'refused' | 'stuck';
  /** The code of the refusal. */
  readonly code?: number;
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
  if (typeof port === 'string') return { found: 'refused', code: 0, facts: port };
  const line = await session.connectData(port, { tls: false });
  const begun = await session.command(`RETR ${file.path}`);
  const facts = begun.text;
  if (classOf(begun) !== 1) return { found: 'refused', code: begun.code, facts };
  await Promise.race([line.untilReceived(1).catch(() => undefined), sleep(lab.timeouts.promptMs)]);
  if (line.receivedBytes > 0) {
    const bytes = await line.finish();
    await session.replyOrNothing();
    return { found: bytes.equals(file.bytes) ? 'clear' : 'stuck', facts: `${facts}; ${bytes.length} bytes in clear` };
  }
  const early = await session.replyOrNothing(100);
  if (early !== undefined) return { found: 'refused', code: early.code, facts: `${facts}; ${early.text}` };
  try {
    await line.startTls({}, lab.timeouts.tlsMs);
    const bytes = await line.finish();
    await session.replyOrNothing();
    return {
      found: bytes.equals(file.bytes) ? 'private' : 'stuck',
      facts: `${facts}; ${bytes.length} bytes under TLS`,
    };
  } catch (error) {
    return { found: 'stuck', facts: `${facts}; ${reasonOf(error)}` };
  }
}
