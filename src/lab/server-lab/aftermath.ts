/** What a fault case asks when all is over: is the server as it was, and is the file what it should be. */

import { connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { within } from '../../peer/index.ts';
import type { LineReport, ProbeReport } from '../engine/lab-case.ts';
import { classOf, type Reply } from '../engine/reply.ts';
import type { DataLine } from './data-line.ts';
import type { ServerLab } from './server-lab.ts';

export async function canLogIn(lab: ServerLab): Promise<ProbeReport> {
  const probe = 'a new session can log in';
  try {
    const session = await lab.open();
    const reply = await session.command('NOOP');
    return { probe, ok: classOf(reply) === 2, says: reply.text };
  } catch (error) {
    return { probe, ok: false, says: error instanceof Error ? error.message : String(error) };
  }
}

/** Whether nobody listens on a data port any more. */
export async function isPortClosed(lab: ServerLab, port: number): Promise<ProbeReport> {
  const probe = `data port ${port} is closed`;
  const raw = connect({ host: lab.target.host, port });
  try {
    await within(once(raw, 'connect'), 'a connection', lab.timeouts.promptMs);
    return { probe, ok: false, says: 'it still takes connections' };
  } catch (error) {
    return { probe, ok: true, says: error instanceof Error ? error.message : String(error) };
  } finally {
    raw.destroy();
  }
}

/** The size that SIZE gives of a path; undefined where there is nothing. */
export async function sizeOf(lab: ServerLab, path: string): Promise<number | undefined> {
  const session = await lab.open();
  const reply = await session.command(`SIZE ${path}`);
  return sizeIn(reply);
}

/** The number in an answer to SIZE; undefined where there is none, as in `213 File status`. */
export function sizeIn({ text }: Reply): number | undefined {
  const [, digits] = /^213 (\d+)\s*$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** Waits until the peer has ended the line, at most `withinMs`, and tells how. `faultMs` is a time of `performance.now()`. */
export async function watchEnd(
  line: DataLine,
  faultMs: number,
  options: { readonly withinMs: number; readonly bytesBefore: number; readonly isClean: (how: string) => boolean },
): Promise<LineReport> {
  await Promise.race([line.ended, line.closeNotified(), sleep(options.withinMs)]);
  const { how, closeNotifyAtMs, finAtMs, resetAtMs } = line.ending;
  const times = [closeNotifyAtMs, finAtMs, resetAtMs].filter((at) => at !== undefined);
  const ending = how === 'none' ? 'open' : how;
  return {
    line: line.name,
    ending,
    ...(times.length === 0 ? {} : { afterFaultMs: Math.round(Math.min(...times) - faultMs) }),
    bytesAfterFault: line.receivedBytes - options.bytesBefore,
    isClean: options.isClean(ending),
  };
}
