/** Cases about TLS on the data connection, and about its end. */

import type { ClientCase } from '../../engine/lab-case.ts';
import {
  resetDownload,
  resetDownloadWithSize,
  shorterThanSize,
  truncatedDownload,
  truncatedDownloadTls12,
  truncatedDownloadWithSize,
  truncatedListing,
} from './rfc8446/cut-downloads.ts';
import { emptyAndPaddedRecords, keyUpdates, lateTickets, resumesTls12, resumesTls13 } from './rfc8446/sessions.ts';
import { lateTicketsUsed, ticketsUsedOnce } from './rfc8446/tickets.ts';
import { uncleanEndOfKnownSize, uncleanEndOfUnknownSize } from './rfc8446/unclean-downloads.ts';
import { emptyUpload, tailOfUpload, uploadEndsTls12, uploadEndsTls13 } from './rfc8446/upload-ends.ts';

export const dataTlsCases: readonly ClientCase[] = [
  resumesTls12,
  resumesTls13,
  ticketsUsedOnce,
  lateTickets,
  lateTicketsUsed,
  keyUpdates,
  emptyAndPaddedRecords,
  uncleanEndOfKnownSize,
  uncleanEndOfUnknownSize,
  truncatedDownload,
  truncatedDownloadWithSize,
  truncatedDownloadTls12,
  truncatedListing,
  resetDownload,
  resetDownloadWithSize,
  shorterThanSize,
  uploadEndsTls12,
  uploadEndsTls13,
  tailOfUpload,
  emptyUpload,
];
