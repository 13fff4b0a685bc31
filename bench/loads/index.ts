/** Load generators and the bare origin, each in a process of its own. */

export { collectBigFile, gibibyte, makeBigFile, mebibyte } from './big-files.ts';
export { curl, curlLogin, curlTransfers, urlOf } from './curl.ts';
export { type MirrorClient, mirrorByLftp, mirrorByTwinline, type MirrorOrder } from './mirrors.ts';
export { type Origin, startOrigin } from './origin.ts';
export { type RawOrder, type RawTotal, rawTransfers, rawTransferSeconds } from './raw-transfers.ts';
export { checkSmallFiles, makeSmallFiles, smallFileBytes, smallFileName, withUploadFolder } from './small-files.ts';
export { rangeOf, smallTransfers } from './small-transfers.ts';
