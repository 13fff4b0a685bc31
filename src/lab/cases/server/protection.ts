/** Server cases about PBSZ and PROT (group C). */

import type { ServerCase } from '../../engine/lab-case.ts';

export const protectionCases: readonly ServerCase[] = [];
