/** The method `sniff`: nothing is asked; each packet that passes tells the numbers for two resets, until the connection is gone. */

import type { TcpPacket } from '../wire/tcp-packet.ts';
import type { KillRun } from './kill-run.ts';
import { isHere } from './kill-target.ts';
import { resetBoth } from './resets.ts';

const defaultSniffMs = 10_000;

/** Packets that are answered with resets; a fast transfer needs a few, because its receiver is always ahead of what was seen. */
const maxAnswered = 200;

/** Between two looks at the table while packets come, in milliseconds. */
const lookMs = 5;

/** Resets that are told one by one; the rest is counted. */
const maxTold = 5;

/** How long a line that no end of is here must be silent to count as gone, in milliseconds. */
const silenceMs = 500;

const isTraffic = ({ flags }: TcpPacket): boolean => flags.has('ACK') && !flags.has('RST');

/** True when the connection is gone; false too where no packet came. */
export async function sniff(run: KillRun): Promise<boolean> {
  const sniffMs = run.options.sniffMs ?? defaultSniffMs;
  run.say(`waiting up to ${sniffMs / 1000} s for a packet of the connection`);
  const until = performance.now() + sniffMs;
  const gone = isHere(run.target) ? () => run.isGone(lookMs) : () => isSilent(run);
  let answered = 0;
  while (answered < maxAnswered) {
    const packet = await run.find(isTraffic, Math.max(0, until - performance.now()));
    if (packet === undefined) break;
    const isTold = answered < maxTold;
    if (isTold) run.seen(packet, 'the numbers of both ends');
    resetBoth(run, packet, isTold);
    answered += 1;
    if (await gone()) return true;
  }
  if (answered === 0) run.say('no packet came: sniff needs traffic, which forged-syn does not');
  else run.say(`${answered} packets were answered with resets, and the connection lives`);
  return false;
}

async function isSilent(run: KillRun): Promise<boolean> {
  return (await run.find(isTraffic, silenceMs)) === undefined;
}
