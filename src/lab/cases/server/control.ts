/** Server cases about the control stream, its replies and its timers (group A of the catalogue). */

import type { ServerCase } from '../../engine/lab-case.ts';

export const controlCases: readonly ServerCase[] = [];
