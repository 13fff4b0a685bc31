/** Server cases about security and resources (group N). */

import type { ServerCase } from '../../engine/lab-case.ts';

export const securityCases: readonly ServerCase[] = [];
