/** Cases about attackers between client and server, and hostile servers. */

import type { ClientCase } from '../../engine/lab-case.ts';
import { authStripped } from './rfc4217/refused-tls.ts';
import {
  certificateChangedInSession,
  foreignDataCertificate,
  otherDataCertificate,
  untrustedDataCertificate,
} from './rfc4217/wrong-certificates.ts';

export const securityCases: readonly ClientCase[] = [
  otherDataCertificate,
  untrustedDataCertificate,
  foreignDataCertificate,
  certificateChangedInSession,
  authStripped,
];
