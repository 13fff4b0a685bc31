/** Workloads: 1 GiB in four streams at once. */

import { bigFiles } from './big-files.ts';

const fast = { timesBestPeer: 1.25 };

export const download1GibFour = bigFiles({
  name: 'download-1gib-four',
  direction: 'down',
  streams: 4,
  tls: true,
  target: fast,
});
export const upload1GibFour = bigFiles({
  name: 'upload-1gib-four',
  direction: 'up',
  streams: 4,
  tls: true,
  target: fast,
});

/** In clear the peers use sendfile for downloads, which Node does not have. */
export const clearDownload1GibFour = bigFiles({
  name: 'clear-download-1gib-four',
  direction: 'down',
  streams: 4,
  tls: false,
  target: { timesBestPeer: 0.9 },
});
export const clearUpload1GibFour = bigFiles({
  name: 'clear-upload-1gib-four',
  direction: 'up',
  streams: 4,
  tls: false,
  target: { timesBestPeer: 1 },
});
