/** Server cases about SIZE, MDTM, REST and APPE (group K). */

import type { ServerCase } from '../../engine/lab-case.ts';
import { mdtmWithTime, modificationTime, modificationTimeOfNothing, modifyTime } from './rfc3659/modification-time.ts';
import { restHuge, restNegative, restStreamFeature, restTrailingLetter } from './rfc3659/rest-syntax.ts';
import { misplacedRest, restartedDownload, restInTypeA, restPastEnd, restZero } from './rfc3659/restart-download.ts';
import {
  overwrittenMiddle,
  restartedUpload,
  restBehindEndThenStore,
  restThenAppend,
} from './rfc3659/restart-upload.ts';
import { sizeBeyondDoubles, sizeOfFolder, sizeOfImage, sizeOfNothing, sizeOfText } from './rfc3659/size.ts';

export const restartCases: readonly ServerCase[] = [
  sizeOfImage,
  sizeOfText,
  sizeOfFolder,
  sizeOfNothing,
  sizeBeyondDoubles,
  misplacedRest,
  restartedDownload,
  restPastEnd,
  restZero,
  restartedUpload,
  overwrittenMiddle,
  restThenAppend,
  restNegative,
  restTrailingLetter,
  restHuge,
  restInTypeA,
  restStreamFeature,
  modificationTime,
  modificationTimeOfNothing,
  mdtmWithTime,
  modifyTime,
  restBehindEndThenStore,
];
