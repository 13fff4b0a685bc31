/** All faults that the proxy knows. To add one: a file here, and a line in this list. */

import { bandwidth } from './bandwidth.ts';
import { closeNotifyOmitted } from './close-notify-omitted.ts';
import { corrupt } from './corrupt.ts';
import type { FaultRecord } from './define-fault.ts';
import { delayReply } from './delay-reply.ts';
import { dropReply } from './drop-reply.ts';
import { fin } from './fin.ts';
import { lateClose } from './late-close.ts';
import { latency } from './latency.ts';
import { refuseEpsv } from './refuse-epsv.ts';
import { replaceReply } from './replace-reply.ts';
import { reply421 } from './reply-421.ts';
import { reset } from './reset.ts';
import { slice } from './slice.ts';
import { stall } from './stall.ts';
import { truncate } from './truncate.ts';
import { wrongPasv } from './wrong-pasv.ts';

export const faultRecords: readonly FaultRecord[] = [
  reset,
  fin,
  closeNotifyOmitted,
  stall,
  latency,
  bandwidth,
  slice,
  truncate,
  corrupt,
  lateClose,
  delayReply,
  dropReply,
  replaceReply,
  reply421,
  wrongPasv,
  refuseEpsv,
];
