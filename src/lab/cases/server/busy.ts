/** Server cases about ABOR, STAT, QUIT and NOOP while data move (group L). */

import type { ServerCase } from '../../engine/lab-case.ts';
import { noopInTransfer, statInTransfer } from './rfc1123/command-in-transfer.ts';
import { twoTransfersOnePort } from './rfc1123/two-transfers-one-port.ts';
import { abortAtEnd } from './rfc959/abort-at-end.ts';
import { abortBehindPassive, abortIdle } from './rfc959/abort-idle.ts';
import { abortInDownload } from './rfc959/abort-in-download.ts';
import { abortInUpload } from './rfc959/abort-in-upload.ts';
import { abortWithTelnet } from './rfc959/abort-with-telnet.ts';
import { passiveWhileBusy } from './rfc959/passive-while-busy.ts';
import { quitInTransfer } from './rfc959/quit-in-transfer.ts';

export const busyCases: readonly ServerCase[] = [
  abortIdle,
  abortInDownload,
  abortInUpload,
  abortAtEnd,
  abortWithTelnet,
  abortBehindPassive,
  statInTransfer,
  noopInTransfer,
  quitInTransfer,
  twoTransfersOnePort,
  passiveWhileBusy,
];
