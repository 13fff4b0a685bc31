/** Server cases about ABOR, STAT, QUIT and NOOP while data move (group L). */

import type { ServerCase } from '../../engine/lab-case.ts';
import { abortInDownload } from './rfc959/abort-in-download.ts';

export const busyCases: readonly ServerCase[] = [abortInDownload];
