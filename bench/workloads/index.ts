/** Every workload; a new one is one file and one line here. */

import type { Workload } from '../workload.ts';
import { download1Gib } from './download-1gib.ts';
import { mirrorSmallFiles } from './mirror-small-files.ts';
import { proxy256Mib } from './proxy-256mib.ts';
import { smallFiles, smallFilesTls13 } from './small-files.ts';
import { upload1Gib } from './upload-1gib.ts';

export const workloads: readonly Workload[] = [
  download1Gib,
  upload1Gib,
  smallFiles,
  smallFilesTls13,
  mirrorSmallFiles,
  proxy256Mib,
];
