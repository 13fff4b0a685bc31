/** Client cases, in the order of the catalogue. */

import type { ClientCase } from '../../engine/lab-case.ts';
import { addressingCases } from './addressing.ts';
import { authCases } from './auth.ts';
import { controlCloseClientCases } from './control-close.ts';
import { controlCases } from './control.ts';
import { dataTlsCases } from './data-tls.ts';
import { listingCases } from './listings.ts';
import { restartCases } from './restart.ts';
import { securityCases } from './security.ts';

export const clientCases: readonly ClientCase[] = [
  ...controlCases,
  ...authCases,
  ...dataTlsCases,
  ...addressingCases,
  ...controlCloseClientCases,
  ...restartCases,
  ...listingCases,
  ...securityCases,
];
