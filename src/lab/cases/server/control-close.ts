/** Server cases about the matrix of lines that end while data move (group J). */

import type { ServerCase } from '../../engine/lab-case.ts';

export const controlCloseCases: readonly ServerCase[] = [];
