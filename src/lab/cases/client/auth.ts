/** Cases about AUTH, TLS on the control connection, and the protection of the data connection. */

import type { ClientCase } from '../../engine/lab-case.ts';
import { authInjection } from './engineering/auth-injection.ts';
import { securityDataWanted } from './rfc2228/other-answers-to-auth.ts';
import { protectionLevelWrong, protectionRefused, sessionReuseWanted } from './rfc4217/refused-protection.ts';
import { authRefused, loggedInByAuth, loggedInByGreeting } from './rfc4217/refused-tls.ts';
import { protectionAfterLogin } from './rfc4217/order-of-commands.ts';
import { expired, selfSigned, unknownAuthority, wrongName } from './rfc4217/wrong-certificates.ts';

export const authCases: readonly ClientCase[] = [
  securityDataWanted,
  authInjection,
  ...authRefused,
  loggedInByGreeting,
  loggedInByAuth,
  unknownAuthority,
  wrongName,
  expired,
  selfSigned,
  protectionAfterLogin,
  ...protectionRefused,
  sessionReuseWanted,
  protectionLevelWrong,
];
