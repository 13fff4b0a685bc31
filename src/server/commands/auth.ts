/** AUTH: TLS on the control connection (RFC 2228 section 3, RFC 4217 section 4). */

import { parseAuthMechanism } from '../../protocol/index.ts';
import { replies, reply } from '../replies.ts';
import { startExplicitTls } from '../session-tls.ts';
import { defineCommand } from './define-command.ts';
import { kept } from './requirement.ts';

export const auth = defineCommand({
  verbs: ['AUTH'],
  argument: 'required',
  beforeLogin: true,
  inClear: true,
  features: (session) => (session.settings.tls === 'off' ? [] : ['AUTH TLS']),
  help: 'AUTH TLS',
  clause: 'RFC 2228 section 3, RFC 4217 section 4',
  requirements: [
    kept(
      'RFC 4217 section 8',
      'Takes TLS, TLS-C and SSL, and TLS-P with the data connection protected; 504 for other mechanisms.',
    ),
    kept('RFC 2228 section 3', 'Answers 234, or 431 where there is no certificate, and forgets login and protection.'),
  ],
  run: (session, argument) => {
    // Bytes behind this AUTH came under TLS as it did: they are commands like any other.
    if (session.state.security === 'cleared') return replies.authCleared;
    if (session.state.security !== 'plain') return replies.authAlreadySecure;
    // From here on no byte that came in clear may be read as a command.
    session.channel.pause();
    const stay = (answer: ReturnType<typeof reply>): typeof answer => {
      session.channel.resume();
      return answer;
    };
    if (session.hasWaitingInput()) {
      session.dropWaitingInput();
      return stay(replies.authBytesBehind);
    }
    const mechanism = parseAuthMechanism(argument);
    if (mechanism === undefined) return stay(replies.authMechanismUnknown);
    if (session.tls.identity() === undefined) return stay(replies.authNoCertificate);
    session.fire('auth-accepted');
    session.send(reply(234, `Using authentication type ${argument.toUpperCase()}`));
    return startExplicitTls(session, mechanism === 'tls-private').then(
      () => undefined,
      // The control connection is dead; its ending has been reported.
      () => undefined,
    );
  },
});
