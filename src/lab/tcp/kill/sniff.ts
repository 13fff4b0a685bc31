/** The method `sniff`: nothing is asked; packets that pass tell the numbers for two resets, until the connection is gone. */

import { endText, nextSequence, type TcpPacket } from '../wire/tcp-packet.ts';
import { sequenceBehind } from '../wire/tcp-segment.ts';
import type { KillRun } from './kill-run.ts';
import { isHere } from './kill-target.ts';
import { endsOf, resetBoth } from './resets.ts';

const defaultSniffMs = 10_000;

/** Packets that are told with their resets; the rest is counted. A fast transfer needs many: its receiver is ahead of what was seen. */
const maxTold = 5;

/**
 * A line that is silent for so long has told all: its ends are made to speak again. Linux answers such a thing once in half a second
 * (`tcp_invalid_ratelimit`). In milliseconds.
 */
const silenceMs = 600;

/**
 * The receiver of a fast transfer may be ahead of the last packet that was seen: numbers up to 4 MiB on, in steps that are smaller
 * than any window of such a line, in bytes.
 */
const guessStepBytes = 32_768;
const maxGuesses = 128;

const isTraffic = ({ flags }: TcpPacket): boolean => flags.has('ACK') && !flags.has('RST');

/** True when the connection is gone; false too where no packet came. */
export async function sniff(run: KillRun): Promise<boolean> {
  const sniffMs = run.options.sniffMs ?? defaultSniffMs;
  run.watch.clear();
  run.say(`waiting up to ${sniffMs / 1000} s for a packet of the connection`);
  const until = performance.now() + sniffMs;
  /** The last packet of each end. */
  const latest = new Map<string, TcpPacket>();
  let answered = 0;
  while (performance.now() < until) {
    const waitMs = Math.max(0, until - performance.now());
    const packet = await run.find(isTraffic, latest.size === 0 ? waitMs : Math.min(waitMs, silenceMs));
    if (packet === undefined && latest.size === 0) break;
    if (packet !== undefined) {
      latest.set(endText(packet.from), packet);
      // What has come meanwhile makes older packets useless.
      for (const newer of run.drain()) if (isTraffic(newer)) latest.set(endText(newer.from), newer);
      answered += 1;
      for (const one of latest.values()) answer(run, one, answered <= maxTold);
    } else if (!isHere(run.target)) {
      return true;
    } else provoke(run, latest.values());
    if (isHere(run.target) && run.endsLeft().length === 0) return true;
  }
  if (answered === 0) run.say('no packet came: sniff needs traffic, which forged-syn does not');
  else {
    const left = run.endsLeft().map(({ address }) => endText(address));
    run.say(`resets were sent for ${answered} packets, and still there is ${left.join(' and ')}`);
  }
  return false;
}

function answer(run: KillRun, packet: TcpPacket, isTold: boolean): void {
  if (isTold) run.seen(packet, 'the numbers of both ends');
  resetBoth(run, packet, isTold);
}

/**
 * Resets whose numbers are within the window of an end and not exact make it tell the right one (RFC 5961 section 3.2): for an end
 * that is left alone because the other one has gone.
 */
function provoke(run: KillRun, packets: Iterable<TcpPacket>): void {
  const flags = new Set(['RST'] as const);
  for (const packet of packets) {
    resetBoth(run, packet, false);
    const [from, to] = endsOf(run, packet);
    for (let step = 1; step <= maxGuesses; step += 1) {
      const sequence = sequenceBehind(nextSequence(packet), step * guessStepBytes);
      run.forge(from, to, { flags, sequence }, 'a guess', false);
    }
  }
}
