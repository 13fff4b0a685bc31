/** The files that the servers of the rogue cases serve and the client's cases upload. */

import { seededBytes } from '../../../src/testing/index.ts';

/** Small enough to be quick, and many TLS records long. */
export const small = seededBytes(100_000, 31);
/** Large enough that an upload is worth resuming, and that no kernel buffers take it as a whole. */
export const large = seededBytes(12 * 1024 * 1024, 32);
/** Between the two: worth resuming, quickly sent. */
export const medium = seededBytes(2 * 1024 * 1024, 33);

export const servedFiles: Readonly<Record<string, Buffer>> = {
  'a.bin': small,
  'large.bin': large,
  'medium.bin': medium,
};
