/** Sessions whose TLS a case chooses, and uploads whose TLS records are made by hand. */

import type { ConnectionOptions } from 'node:tls';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { forgedSuite, Tls13Records, within } from '../../peer/index.ts';
import { SetupFailed } from '../engine/case-errors.ts';
import type { DataLine } from './data-line.ts';
import type { LabSession } from './lab-session.ts';
import type { ServerLab } from './server-lab.ts';

/** A session as `lab.open()` gives it, with these TLS options on its control line. Skips where no handshake is to be had so. */
export async function openSecured(lab: ServerLab, tls: ConnectionOptions, what: string): Promise<LabSession> {
  const session = await lab.greeted();
  try {
    await session.secure(tls);
  } catch (error) {
    if (error instanceof SetupFailed) throw error;
    lab.skip(`no ${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
  await session.logIn();
  await session.protect();
  await session.need(200, 'TYPE I');
  return session;
}

export interface ForgedUpload {
  readonly session: LabSession;
  readonly line: DataLine;
  /** What they give is to be written with `line.writeRaw`. */
  readonly records: Tls13Records;
}

/** An upload over TLS 1.3 that has begun; from here on nothing goes out but what is forged. Needs explicit TLS. */
export async function forgeUpload(lab: ServerLab, path: string): Promise<ForgedUpload> {
  const tls = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3', ciphers: forgedSuite } as const;
  const session = await openSecured(lab, tls, `TLS 1.3 with ${forgedSuite}`);
  const line = await session.passive({ tlsOptions: tls });
  const { promise: secret, resolve } = Promise.withResolvers<Buffer>();
  line.tls?.on('keylog', (entry: Buffer) => {
    const [, hex] = /^CLIENT_TRAFFIC_SECRET_0 \S+ (\S+)/.exec(entry.toString()) ?? [];
    if (hex !== undefined) resolve(Buffer.from(hex, 'hex'));
  });
  await session.need([125, 150], `STOR ${path}`);
  await line.secured;
  const records = new Tls13Records(await within(secret, 'the secret of the line', lab.timeouts.tlsMs));
  await nextTurn();
  line.cutOutputAfter(0);
  return { session, line, records };
}
