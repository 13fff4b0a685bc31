/** Server cases about the five closes of RFC 959 section 3.2 (group H). */

import type { ServerCase } from '../../engine/lab-case.ts';
import { abortInListing } from './rfc959/abort-in-listing.ts';
import {
  blockMode,
  closeAtAbort,
  closeAtEnd,
  closeAtError,
  closeWithControl,
  newPortInTransfer,
} from './rfc959/data-closes.ts';

export const closesCases: readonly ServerCase[] = [
  closeAtEnd,
  closeAtAbort,
  abortInListing,
  newPortInTransfer,
  closeWithControl,
  closeAtError,
  blockMode,
];
