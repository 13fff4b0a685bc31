/** The choices of the parts of a run. */

import { Random } from '../../src/testing/index.ts';

/** The choices of the part number `index` of a run, whatever order the parts run in. */
export function randomOf(seed: number, index: number): Random {
  return new Random(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
}
