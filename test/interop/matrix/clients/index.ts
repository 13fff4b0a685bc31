/** The clients of the matrix: a new one is a file here and a line in this list. */

import type { InteropClient } from '../interop-client.ts';
import { basicFtp } from './basic-ftp.ts';
import { commonsNet } from './commons-net.ts';
import { curl } from './curl.ts';
import { ftplib } from './ftplib.ts';
import { lftp } from './lftp.ts';
import { rclone } from './rclone.ts';
import { tnftp } from './tnftp.ts';
import { wget } from './wget.ts';

export const interopClients: readonly InteropClient[] = [
  ...[curl, lftp, ftplib, basicFtp],
  ...[rclone, tnftp, wget, commonsNet],
];
