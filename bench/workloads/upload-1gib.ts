/** Workload: 1 GiB up. */

import { oneStream } from './one-stream.ts';

export const upload1Gib = oneStream('upload-1gib', 'put');
