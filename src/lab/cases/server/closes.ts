/** Server cases about the five closes of RFC 959 section 3.2 (group H). */

import type { ServerCase } from '../../engine/lab-case.ts';

export const closesCases: readonly ServerCase[] = [];
