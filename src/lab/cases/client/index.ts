/** Client cases, in the order of the catalogue. */

import type { ClientCase } from '../../engine/lab-case.ts';
import { truncatedDownload } from './rfc8446/truncated-download.ts';

export const clientCases: readonly ClientCase[] = [truncatedDownload];
