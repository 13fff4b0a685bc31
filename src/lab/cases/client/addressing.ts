/** Cases about EPSV, PASV, EPRT and PORT, and where data connections lead. */

import type { ClientCase } from '../../engine/lab-case.ts';
import { badNumbers, foreignAddresses, passiveForms } from './rfc1123/passive-replies.ts';
import {
  anyDelimiter,
  badPorts,
  foreignAddressInExtended,
  otherDelimiter,
  otherText,
} from './rfc2428/extended-passive.ts';
import { refusedExtended, refusedPort, silentPort, unansweredExtended, unlistedExtended } from './rfc2428/fallback.ts';
import { clientOfTlsInActiveMode, strangerInActiveMode } from './rfc4217/active-mode.ts';

export const addressingCases: readonly ClientCase[] = [
  clientOfTlsInActiveMode,
  otherDelimiter,
  anyDelimiter,
  otherText,
  foreignAddressInExtended,
  ...badPorts,
  ...refusedExtended,
  refusedPort,
  silentPort,
  unansweredExtended,
  unlistedExtended,
  ...passiveForms,
  ...foreignAddresses,
  ...badNumbers,
  strangerInActiveMode,
];
