/** Every workload; a new one is one file and one line here. */

import type { Workload } from '../workload.ts';
import { clientDownload, clientUpload } from './client-1gib.ts';
import { controlLoss } from './control-loss.ts';
import { fairness } from './fairness.ts';
import { clearDownload1GibFour, clearUpload1GibFour, download1GibFour, upload1GibFour } from './four-streams.ts';
import { idleSessions } from './idle-sessions.ts';
import { listings } from './listings.ts';
import { logins } from './logins.ts';
import { mirrorSmallFiles, mirrorSmallFiles10000 } from './mirrors.ts';
import { clearDownload1Gib, clearUpload1Gib, download1Gib, upload1Gib } from './one-stream.ts';
import { proxy256Mib } from './proxy-256mib.ts';
import { smallFiles, smallFiles10000, smallFilesTls13 } from './small-files.ts';
import { startUp } from './start-up.ts';

export const workloads: readonly Workload[] = [
  download1Gib,
  upload1Gib,
  download1GibFour,
  upload1GibFour,
  clearDownload1Gib,
  clearUpload1Gib,
  clearDownload1GibFour,
  clearUpload1GibFour,
  smallFiles,
  smallFilesTls13,
  smallFiles10000,
  mirrorSmallFiles,
  mirrorSmallFiles10000,
  logins,
  idleSessions,
  listings,
  fairness,
  controlLoss,
  clientDownload,
  clientUpload,
  startUp,
  proxy256Mib,
];
