/** Server cases about SIZE, MDTM, REST and APPE (group K). */

import type { ServerCase } from '../../engine/lab-case.ts';

export const restartCases: readonly ServerCase[] = [];
