/** What a person at the command line can do about an error: the library cannot know the names of options. */

import type { Security } from '../client/index.ts';
import { ReplyError, TimeoutError, TlsError, TwinlineError } from '../errors/index.ts';
import type { ClientCall } from './client-options/index.ts';

/** Waits for `work`, and adds to an error of it what helps against it. */
export async function advised<Result>(call: ClientCall, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw withAdvice(error, call);
  }
}

/** Replies to a path: most often it does not exist, or is something else. */
const pathRefusals: ReadonlySet<number> = new Set([521, 550, 553]);

/** The error with `hint` behind it, where it is the refusal of a path by one of the FTP commands `verbs`. */
export function withHint(error: unknown, verbs: readonly string[], hint: string): unknown {
  if (
    !(error instanceof ReplyError) ||
    !pathRefusals.has(error.replyCode) ||
    !verbs.includes(error.command.split(' ')[0] ?? '')
  )
    return error;
  const { code, message, replyCode, replyLines, command } = error;
  return new ReplyError(code, `${message} ${hint}`, { replyCode, replyLines, command, cause: error });
}

/** The error with a second sentence about the options that help, or the error itself where none does. */
export function withAdvice(error: unknown, call: ClientCall): unknown {
  if (!(error instanceof TwinlineError)) return error;
  const advice = adviceFor(error, call);
  return advice === undefined ? error : new TwinlineError(error.code, `${error.message} ${advice}`, { cause: error });
}

function adviceFor(error: TwinlineError, { connect }: ClientCall): string | undefined {
  const { security = 'explicit', user } = connect;
  if (error instanceof ReplyError && error.code === 'ERR_TWINLINE_LOGIN_REFUSED') {
    if (security === 'plain') return 'If it wants TLS, write ftpes:// in place of ftp://.';
    if (user === undefined) return 'Name a user with -u NAME.';
    return error.replyCode === 530 ? 'Check the name and the password.' : undefined;
  }
  if (error.code === 'ERR_TWINLINE_SESSION_REUSE') {
    const isFixed = connect.tls?.maxVersion === 'TLSv1.2';
    return isFixed
      ? 'Ask its operator: TLS 1.2 is spoken already.'
      : 'The option that fixes the version is --tls-max 1.2.';
  }
  if (error.code === 'ERR_TWINLINE_CERTIFICATE') return 'The options are --cacert FILE, --pin KEY and -k.';
  return wrongScheme(error, security);
}

/** A server of the other kind of TLS is silent to one who waits for its greeting, and greets one who wants TLS at once. */
function wrongScheme(error: TwinlineError, security: Security): string | undefined {
  if (security === 'implicit') {
    const isBroken = error instanceof TlsError && error.code === 'ERR_TWINLINE_TLS_HANDSHAKE';
    const isLate = error instanceof TimeoutError && error.phase === 'tls';
    return (isBroken || isLate) && error.channel === 'control' ? 'Most servers want ftpes:// there.' : undefined;
  }
  const isSilent = error instanceof TimeoutError && error.phase === 'greeting';
  return isSilent ? 'If the port is one for TLS from the first byte, write ftps://.' : undefined;
}
