/** What every cell asks when the fault is over: can one log in, is the port free, is the file left alone and writable. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { ProbeReport } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import { isPortClosed, sizeIn } from '../../../server-lab/aftermath.ts';
import type { LabSession } from '../../../server-lab/lab-session.ts';
import { transferUp } from '../../../server-lab/plain-transfers.ts';
import type { ServerLab } from '../../../server-lab/server-lab.ts';
import type { Cell } from '../../control-close/cells.ts';
import type { Staged } from './staging.ts';

/** How long a file must keep its size to count as left alone, in milliseconds: a session that goes on writes many times in it. */
const stableMs = 600;

/** How long a server may take to close the data port, in milliseconds. */
const portMs = 1_000;

export interface Aftermath {
  readonly probes: readonly ProbeReport[];
  /** Bytes under the final name of an upload before anybody else wrote there. */
  readonly size: number | undefined;
}

export async function lookAfter(lab: ServerLab, cell: Cell, { path, port, bytes }: Staged): Promise<Aftermath> {
  const probes: ProbeReport[] = [];
  // Only where the port was announced and the transfer had not begun; such cells run alone, for others may be given the port.
  if (cell.phase === 0 && cell.channel === 'control' && cell.kind !== 'hole') probes.push(await portCloses(lab, port));
  const probe = 'a new session can log in';
  let session: LabSession;
  try {
    session = await lab.open();
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    return { probes: [...probes, { probe, ok: false, says }], size: undefined };
  }
  const noop = await session.command('NOOP');
  probes.push({ probe, ok: classOf(noop) === 2, says: noop.text });
  if (path === undefined) return { probes, size: undefined };
  const size = await sizeOver(session, path);
  await sleep(stableMs);
  const later = await sizeOver(session, path);
  probes.push({
    probe: `${path} keeps its size for ${stableMs / 1000} s`,
    // A file may appear whole a moment behind its end; it may not grow.
    ok: size === later || (size === undefined && later === bytes.length),
    says:
      size === later ? shown(size, bytes.length) : `${shown(size, bytes.length)}, then ${shown(later, bytes.length)}`,
  });
  probes.push({
    probe: 'what is under the final name',
    ok: (later ?? 0) <= bytes.length,
    says: shown(later, bytes.length),
  });
  probes.push(await canWrite(session, path));
  return { probes, size: later };
}

/** Asked again for a second: a session needs a moment to end. */
async function portCloses(lab: ServerLab, port: number): Promise<ProbeReport> {
  const until = performance.now() + portMs;
  for (;;) {
    const report = await isPortClosed(lab, port);
    if (report.ok || performance.now() > until) return report;
    await sleep(100);
  }
}

async function sizeOver(session: LabSession, path: string): Promise<number | undefined> {
  const reply = await session.command(`SIZE ${path}`);
  return sizeIn(reply);
}

function shown(size: number | undefined, whole: number): string {
  if (size === undefined) return 'nothing';
  return size === whole ? `the whole file (${size} bytes)` : `a part: ${size} of ${whole} bytes`;
}

/** Another writer comes to the same name. The file is removed. */
async function canWrite(session: LabSession, path: string): Promise<ProbeReport> {
  const reply = await transferUp(session, path, Buffer.from('a second writer'));
  await session.command(`DELE ${path}`);
  return { probe: `another session can write ${path}`, ok: classOf(reply) === 2, says: reply.text };
}
