/** Server cases about AUTH and TLS on the control connection (group B of the catalogue). */

import type { ServerCase } from '../../engine/lab-case.ts';
import { clearCommandsBehindAuth } from './engineering/clear-commands-behind-auth.ts';
import { silentHandshake } from './engineering/silent-handshake.ts';
import { authInImplicitTls, authTwice } from './rfc2228/auth-again.ts';
import { authUnknownMechanism, authWithoutMechanism } from './rfc2228/auth-arguments.ts';
import { authWithoutTls } from './rfc2228/auth-without-tls.ts';
import { authResets } from './rfc4217/auth-resets.ts';
import { authLowerCase, authTls, authTlsC } from './rfc4217/auth-tls.ts';
import { cccInClear, cccInTls } from './rfc4217/clear-command-channel.ts';
import { clearTextForHandshake } from './rfc4217/clear-text-for-handshake.ts';
import { authSsl, authTlsP } from './rfc4217/draft-mechanisms.ts';
import { tlsFeatures } from './rfc4217/features.ts';
import { reinitialise } from './rfc4217/reinitialise.ts';
import { resetInHandshake } from './rfc4217/reset-in-handshake.ts';
import { hostAndSni, hostBehindLogin } from './rfc7151/host-and-sni.ts';
import { tls10, tls11 } from './rfc8996/old-tls.ts';

export const authCases: readonly ServerCase[] = [
  authTls,
  authTlsC,
  authSsl,
  authTlsP,
  authWithoutMechanism,
  authUnknownMechanism,
  authLowerCase,
  authWithoutTls,
  authTwice,
  authResets,
  clearCommandsBehindAuth,
  clearTextForHandshake,
  silentHandshake,
  resetInHandshake,
  tlsFeatures,
  reinitialise,
  cccInClear,
  cccInTls,
  authInImplicitTls,
  tls10,
  tls11,
  hostAndSni,
  hostBehindLogin,
];
