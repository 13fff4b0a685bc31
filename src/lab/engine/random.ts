/** The choices of a case: all of them follow from the printed seed of the run. */

import { createHash } from 'node:crypto';
import { Random } from '../../peer/index.ts';

/** The stream of a case: the same for the same seed, whatever other cases run beside it. */
export function randomOfCase(seed: number, id: string): Random {
  return new Random(createHash('sha256').update(`${seed} ${id}`).digest().readUInt32LE(0));
}
