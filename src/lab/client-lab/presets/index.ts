/** Clients that are ready to be tested by name. */

import type { ClientUnderTest } from '../client-under-test.ts';
import { basicFtp } from './basic-ftp.ts';
import { curl } from './curl.ts';
import { ftplib } from './ftplib.ts';
import { lftp } from './lftp.ts';
import { twinline } from './twinline.ts';
import { wget } from './wget.ts';

export const clientPresets: readonly ClientUnderTest[] = [twinline, curl, lftp, wget, ftplib, basicFtp];
