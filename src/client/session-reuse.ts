/** Servers that want every data line to resume the TLS session of the control line: what their refusals mean, and the way round. */

import { TlsError } from '../errors/index.ts';
import type { ParsedReply } from '../protocol/index.ts';
import { replyText } from './control-loss.ts';
import type { Session } from './session.ts';

const refusalCodes: ReadonlySet<number> = new Set([421, 425, 426, 431, 450, 521, 522, 534]);

/** vsftpd, FileZilla Server, IIS and our own server name it. */
const refusalWords = /\bsession (?:re-?use|resumption)|(?:tls|ssl) session|re-?use .*session|resume .*session/i;

/** The reply refuses a data line because it did not resume. */
export function isReuseRefusal(reply: ParsedReply): boolean {
  const text = replyText(reply);
  // ProFTPD says no more than this, and says it of nothing else.
  if (reply.code === 425 && /data connection: operation not permitted/i.test(text)) return true;
  return refusalCodes.has(reply.code) && refusalWords.test(text);
}

/**
 * The error that names the reason where a transfer was refused because its data line did not resume the session of the
 * control line; undefined for all other ends. Where the session speaks TLS 1.3 and 1.2 is allowed, the
 * server is known from then on as one for TLS 1.2, whose sessions are good for any number of lines: some servers never
 * take the tickets of 1.3. Only the server's own word under TLS leads there, so that nobody on the way can.
 */
export function explainReuseRefusal(session: Session, reply: ParsedReply | undefined): TlsError | undefined {
  if (reply === undefined || session.tls === undefined || !isReuseRefusal(reply)) return undefined;
  const said = `The server wants data connections to resume the TLS session of the control connection, and refused one that did not ("${replyText(reply)}")`;
  const mayFallBack = session.control.tlsFacts?.protocol === 'TLSv1.3' && allowsTls12(session);
  const way = mayFallBack ? 'with TLS 1.2 that mostly works, and it is used for this server from now on' : undefined;
  const message = `${said}${way === undefined ? '' : `; ${way}`}.`;
  const error = new TlsError('ERR_TWINLINE_SESSION_REUSE', message, { channel: 'data' });
  if (!mayFallBack) return error;
  session.knowledge.learn({ maxTls: 'TLSv1.2' });
  session.isToBeReplaced = true;
  return error;
}

function allowsTls12({ options }: Session): boolean {
  const { minVersion = 'TLSv1.2', maxVersion } = options.tls;
  return minVersion !== 'TLSv1.3' && maxVersion !== 'TLSv1.3';
}
