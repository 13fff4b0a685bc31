/** Server cases about FEAT, OPTS, HOST, UTF-8 and lists (group M). */

import type { ServerCase } from '../../engine/lab-case.ts';

export const featuresCases: readonly ServerCase[] = [];
