/** Cases about sizes, late results, and servers that are slow. */

import type { ClientCase } from '../../engine/lab-case.ts';
import { dataLeftOpen, lateData, lateResult, slowServer } from './engineering/slow-servers.ts';
import { sizeRefused, sizeUnknown } from './rfc3659/sizes.ts';

export const restartCases: readonly ClientCase[] = [
  dataLeftOpen,
  lateResult,
  sizeRefused,
  sizeUnknown,
  slowServer,
  lateData,
];
