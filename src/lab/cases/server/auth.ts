/** Server cases about AUTH and TLS on the control connection (group B). */

import type { ServerCase } from '../../engine/lab-case.ts';

export const authCases: readonly ServerCase[] = [];
