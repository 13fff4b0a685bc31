/** Server cases about the control stream, its replies and its timers (group A of the catalogue). */

import type { ServerCase } from '../../engine/lab-case.ts';
import { endlessCommandLine, longCommandLine } from './engineering/long-command-line.ts';
import { commandInPieces, commandsInOneSegment } from './rfc1123/command-boundaries.ts';
import { idleInTransfer, idleTimeout } from './rfc1123/idle-timeout.ts';
import { bareLineFeed } from './rfc959/bare-line-feed.ts';
import { greeting } from './rfc959/greeting.ts';
import { passwordFirst, userTwice } from './rfc959/login-order.ts';
import { carriageReturnInside, nulInPath, telnetCommandInside } from './rfc959/odd-bytes.ts';
import { tooManySessions } from './rfc959/too-many-sessions.ts';
import { structureMount, unknownVerb } from './rfc959/unknown-verbs.ts';

export const controlCases: readonly ServerCase[] = [
  greeting,
  commandInPieces,
  commandsInOneSegment,
  bareLineFeed,
  longCommandLine,
  endlessCommandLine,
  nulInPath,
  carriageReturnInside,
  telnetCommandInside,
  unknownVerb,
  structureMount,
  idleTimeout,
  idleInTransfer,
  passwordFirst,
  userTwice,
  tooManySessions,
];
