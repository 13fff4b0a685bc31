/** Server cases about security and resources (group N of the catalogue). */

import type { ServerCase } from '../../engine/lab-case.ts';
import { fullStorage } from './engineering/full-storage.ts';
import { silentReader, slowCommand } from './engineering/slow-peers.ts';
import { unusedPorts } from './engineering/unused-ports.ts';
import { bounce } from './rfc2577/bounce.ts';
import { passwordGuessing, unknownUser } from './rfc2577/guessing.ts';
import { portStealing } from './rfc2577/port-stealing.ts';
import { resumedByAnother } from './rfc2577/resumed-by-another.ts';

/** Guessing passwords may ban this machine: it comes last. */
export const securityCases: readonly ServerCase[] = [
  bounce,
  portStealing,
  unknownUser,
  resumedByAnother,
  slowCommand,
  silentReader,
  unusedPorts,
  fullStorage,
  passwordGuessing,
];
