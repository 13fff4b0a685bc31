/**
 * How much the transfers of this process move in a turn of the event loop. Control lines take their turns on the same loop: a
 * command waits for what all transfers move before it.
 */

import { pumpBufferBytes } from './pump.ts';

/** Up to so many transfers move as much as they can. */
const fewTransfers = 16;
/** What an upload gathers for one write where it decrypts, and beside many others, each of which has memory for it. */
const smallWriteBytes = 256 * 1024;
/** What one line is read in a turn, beside many others. */
export const maxShareBytes = 128 * 1024;
/** What all lines that have more than that to give are read in a turn. */
const maxTurnBytes = 4 * 1024 * 1024;
/** What all downloads may have under way: when their peers are ready all at once, it is one turn. */
const maxSentInTurnBytes = 13 * 1024 * 1024;
/** Pieces of files are whole records of TLS. */
const recordBytes = 16 * 1024;

let transfers = 0;

/** A transfer begins; call what it returns once, when the transfer is over. */
export function countTransfer(): () => void {
  transfers += 1;
  return () => {
    transfers -= 1;
  };
}

/** There are so many transfers that they have to share the turns. */
export const isCrowded = (): boolean => transfers > fewTransfers;

/** Bytes of an upload that make one write and fill one buffer. Under TLS the file is the quicker side and waits for less. */
export const gatheredBytes = (isEncrypted: boolean): number =>
  isEncrypted || isCrowded() ? smallWriteBytes : pumpBufferBytes;

/** Bytes of a file that go down a line in one piece. */
export function pieceBytes(): number {
  if (!isCrowded()) return pumpBufferBytes;
  const records = Math.floor(maxSentInTurnBytes / transfers / recordBytes);
  return Math.min(pumpBufferBytes, Math.max(1, records) * recordBytes);
}

/** In the order in which they go on. */
const waiting: (() => void)[] = [];

/** Calls `goOn` in a later turn, when all that asked before have had theirs. */
export function goOnInTurn(goOn: () => void): void {
  waiting.push(goOn);
  if (waiting.length === 1) setImmediate(letSomeGoOn);
}

function letSomeGoOn(): void {
  for (const goOn of waiting.splice(0, maxTurnBytes / maxShareBytes)) goOn();
  if (waiting.length > 0) setImmediate(letSomeGoOn);
}
