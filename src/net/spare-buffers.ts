/** Large buffers that transfers have done with, for the next ones: a fresh one costs page faults. */

import { pumpBufferBytes } from './pump.ts';

const maxSpareBuffers = 16;
const spareBuffers: Buffer[] = [];

/** A buffer of `pumpBufferBytes` with anything in it. */
export function takeBuffer(): Buffer {
  return spareBuffers.pop() ?? Buffer.allocUnsafeSlow(pumpBufferBytes);
}

/** Gives a buffer for reuse. No read and no write of it may be in flight. */
export function giveBuffer(buffer: Buffer): void {
  if (spareBuffers.length < maxSpareBuffers) spareBuffers.push(buffer);
}
