/** Loses a line in the way of a cell, as a client's machine, program or network does. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { WatchedLine } from '../../../../peer/index.ts';
import type { Kind } from '../../control-close/cells.ts';

/** A program that dies closes its socket right behind the FIN; so long the FIN stands alone, in milliseconds. */
const finAloneMs = 50;

/** On the control line: behind a FIN the other half stays open, to see how the server ends it. */
export function loseControl(kind: Kind, line: WatchedLine): void {
  if (kind === 'rst') line.reset();
  else if (kind === 'cn') line.closeNotifyThenFin();
  // Nobody reads and nobody writes. Packets are still acknowledged by the kernel, as they are not when a network is lost.
  else if (kind === 'hole') line.pause();
  else finAlone(line);
}

/** On the data line. `isRead`: the lab was to read from it, so the FIN of a dead reader is followed by the end of its socket. */
export async function loseData(kind: Kind, line: WatchedLine, isRead: boolean): Promise<void> {
  loseControl(kind, line);
  if (!isRead || kind === 'rst' || kind === 'hole') return;
  await sleep(finAloneMs);
  line.destroy();
}

function finAlone(line: WatchedLine): void {
  if (line.tls === undefined) line.raw.end();
  else line.finWithoutCloseNotify();
}
