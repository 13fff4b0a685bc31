/** Cases about sizes, late results, and servers that are slow. */

import type { ClientCase } from '../../engine/lab-case.ts';
import {
  dataLeftOpen,
  lateData,
  lateResult,
  slowServer,
  veryLateData,
  veryLateResult,
} from './engineering/slow-servers.ts';
import {
  resumeOverGrown,
  resumeOverRewritten,
  resumeOverShrunk,
  resumeOverUnchanged,
} from './rfc3659/changed-files.ts';
import { sizeRefused, sizeUnknown } from './rfc3659/sizes.ts';

export const restartCases: readonly ClientCase[] = [
  dataLeftOpen,
  lateResult,
  veryLateResult,
  sizeRefused,
  sizeUnknown,
  resumeOverGrown,
  resumeOverRewritten,
  resumeOverShrunk,
  resumeOverUnchanged,
  slowServer,
  lateData,
  veryLateData,
];
