/** All cases, in the order of the catalogue. */

import type { LabCase, ServerCase } from '../engine/lab-case.ts';
import { clientCases } from './client/index.ts';
import { addressingCases } from './server/addressing.ts';
import { authCases } from './server/auth.ts';
import { busyCases } from './server/busy.ts';
import { closesCases } from './server/closes.ts';
import { controlCases } from './server/control.ts';
import { controlCloseCases } from './server/control-close.ts';
import { dataTlsCases } from './server/data-tls.ts';
import { featuresCases } from './server/features.ts';
import { protectionCases } from './server/protection.ts';
import { restartCases } from './server/restart.ts';
import { securityCases } from './server/security.ts';

export { clientCases };
export const serverCases: readonly ServerCase[] = [
  ...controlCases,
  ...authCases,
  ...protectionCases,
  ...dataTlsCases,
  ...addressingCases,
  ...closesCases,
  ...controlCloseCases,
  ...restartCases,
  ...busyCases,
  ...featuresCases,
  ...securityCases,
];
export const allCases: readonly LabCase[] = [...serverCases, ...clientCases];
