/** Workload: 1 GiB down. */

import { oneStream } from './one-stream.ts';

export const download1Gib = oneStream('download-1gib', 'get');
