/** Workloads: 1 GiB in one stream. */

import { bigFiles } from './big-files.ts';

const fast = { timesBestPeer: 1.25 };

export const download1Gib = bigFiles({ name: 'download-1gib', direction: 'down', streams: 1, tls: true, target: fast });
export const upload1Gib = bigFiles({ name: 'upload-1gib', direction: 'up', streams: 1, tls: true, target: fast });

/** In clear the peers use sendfile for downloads, which Node does not have. */
export const clearDownload1Gib = bigFiles({
  name: 'clear-download-1gib',
  direction: 'down',
  streams: 1,
  tls: false,
  target: { timesBestPeer: 0.9 },
});
export const clearUpload1Gib = bigFiles({
  name: 'clear-upload-1gib',
  direction: 'up',
  streams: 1,
  tls: false,
  target: { timesBestPeer: 1 },
});
