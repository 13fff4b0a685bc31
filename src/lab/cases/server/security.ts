/** Server cases about security and resources (group N of the catalogue). */

import type { ServerCase } from '../../engine/lab-case.ts';
import { silentReader, slowCommand } from './engineering/slow-peers.ts';
import { unusedPorts } from './engineering/unused-ports.ts';
import { bounce } from './rfc2577/bounce.ts';
import { passwordGuessing, unknownUser } from './rfc2577/guessing.ts';
import { portStealing } from './rfc2577/port-stealing.ts';

/** Guessing passwords may ban this machine: it comes last. */
export const securityCases: readonly ServerCase[] = [
  bounce,
  portStealing,
  unknownUser,
  slowCommand,
  silentReader,
  unusedPorts,
  passwordGuessing,
];
