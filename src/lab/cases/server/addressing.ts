/** Server cases about EPSV, PASV, EPRT and PORT (groups E, F and G). */

import type { ServerCase } from '../../engine/lab-case.ts';
import { replacedListener, thirdParty, unusedListener } from './engineering/passive-listeners.ts';
import {
  authBehindAll,
  epsvAll,
  epsvBehindAll,
  eprtBehindAll,
  pasvBehindAll,
  portBehindAll,
  reinBehindAll,
} from './rfc2428/epsv-all.ts';
import { epsv1OverIpv6, epsv2OverIpv4, epsvOwnFamily } from './rfc2428/epsv-family.ts';
import { onePasvTwoTransfers, passivePortsAreRandom, pasvImplemented, pasvOverIpv6 } from './rfc1123/passive.ts';
import {
  eprtExclamation,
  eprtMappedAddress,
  eprtOverIpv4,
  eprtOverIpv6,
  eprtTilde,
  eprtUnknownFamily,
  malformedEprt,
} from './rfc2428/eprt.ts';
import { epsvNegative, epsvTwoNumbers, epsvWord } from './rfc2428/epsv-junk.ts';
import { epsvOverIpv4, epsvOverIpv6, ipv4IsTakenForIpv4 } from './rfc2428/epsv-plain.ts';
import { epsvUnknownFamily } from './rfc2428/epsv-unknown-family.ts';
import { eprtBelow1024, eprtOfAnotherHost, portBelow1024, portOfAnotherHost } from './rfc2577/active-address.ts';
import { defaultDataPort, nobodyListens, portBehindEpsv, portZero } from './rfc959/active-mode.ts';

export const addressingCases: readonly ServerCase[] = [
  epsvOverIpv4,
  epsvOverIpv6,
  epsvOwnFamily,
  epsv2OverIpv4,
  epsv1OverIpv6,
  epsvUnknownFamily,
  epsvWord,
  epsvTwoNumbers,
  epsvNegative,
  epsvAll,
  pasvBehindAll,
  portBehindAll,
  eprtBehindAll,
  epsvBehindAll,
  reinBehindAll,
  authBehindAll,
  ipv4IsTakenForIpv4,
  replacedListener,
  unusedListener,
  thirdParty,
  pasvImplemented,
  onePasvTwoTransfers,
  pasvOverIpv6,
  passivePortsAreRandom,
  eprtOverIpv4,
  eprtOverIpv6,
  eprtUnknownFamily,
  ...malformedEprt,
  eprtExclamation,
  eprtTilde,
  eprtMappedAddress,
  portBelow1024,
  eprtBelow1024,
  portOfAnotherHost,
  eprtOfAnotherHost,
  portZero,
  nobodyListens,
  defaultDataPort,
  portBehindEpsv,
];
