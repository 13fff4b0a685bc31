/** Server cases about TLS on data connections (group D). */

import type { ServerCase } from '../../engine/lab-case.ts';

export const dataTlsCases: readonly ServerCase[] = [];
