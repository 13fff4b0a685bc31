/** The two resets that a seen packet allows: it tells both numbers that the two ends expect. */

import { endText, nextSequence, type TcpPacket } from '../wire/tcp-packet.ts';
import type { KillRun } from './kill-run.ts';
import type { TargetEnd } from './kill-target.ts';

/** The end that a packet comes from, and the one that it goes to. */
export function endsOf(run: KillRun, packet: TcpPacket): readonly [from: TargetEnd, to: TargetEnd] {
  const { near, far } = run.target;
  const isFromNear = endText(packet.from) === endText(near.address);
  return isFromNear ? [near, far] : [far, near];
}

/**
 * Resets both ends. A reset counts where its number is exactly the one that the end expects next (RFC 5961 section 3.2): the sender
 * of a packet expects what it acknowledges, its receiver what stands behind it.
 */
export function resetBoth(run: KillRun, packet: TcpPacket, isTold = true): void {
  const [from, to] = endsOf(run, packet);
  const flags = new Set(['RST'] as const);
  const meaning = (end: TargetEnd): string => `the number that ${endText(end.address)} expects`;
  run.forge(to, from, { flags, sequence: packet.acknowledgement }, meaning(from), isTold);
  run.forge(from, to, { flags, sequence: nextSequence(packet) }, meaning(to), isTold);
}
