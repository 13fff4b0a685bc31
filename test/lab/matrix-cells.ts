/** Which cells of the control-close matrix can be made at all. */

import { unsuited, type Cell } from '../../src/lab/cases/control-close/cells.ts';

export type Security = 'explicit' | 'plain';

/** `side` is the one under test. */
export function isMade(
  side: 'server' | 'client',
  { kind, channel, direction, phase }: Cell,
  security: Security,
): boolean {
  if (unsuited(kind, security !== 'plain') !== undefined) return false;
  if (channel === 'control') return true;
  // close_notify needs TLS on the data line. For a server the lab holds it back, to stay in a listing.
  const isBeforeTls = phase === 0 || (side === 'server' && direction === 'listing' && phase === 1);
  return kind !== '421' && !(kind === 'cn' && isBeforeTls);
}
