/** The errors of a data line that could not be protected or broke, in words that name the line and the bytes. */

import { ConnectionLostError, TimeoutError, TlsError, type TwinlineError } from '../errors/index.ts';
import { type DataConnection, endingOfError } from '../net/index.ts';
import type { ParsedReply } from '../protocol/index.ts';
import { replyText } from './control-loss.ts';
import { replyError } from './replies.ts';

/** The data line of an upload ended before everything was sent. */
export function uploadCutError(data: DataConnection, bytesMoved: number): ConnectionLostError {
  const how = data.ending === 'reset' ? 'was reset' : 'was closed by the server';
  const message = `The data connection ${how} in the middle of the upload, after ${bytesMoved} bytes.`;
  return new ConnectionLostError('ERR_TWINLINE_DATA_LOST', message, {
    channel: 'data',
    phase: 'transfer',
    bytesMoved,
    resumable: true,
    cause: data.error,
  });
}

/** What a failed handshake says, without the file names and numbers of the TLS library. */
export function handshakeReason(cause: Error): string {
  const { code, reason } = cause as NodeJS.ErrnoException & { readonly reason?: string };
  if (endingOfError(cause) === 'reset') return 'the server reset the connection';
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG') {
    return 'the server does not speak TLS there';
  }
  return reason ?? cause.message.replace(/\.$/, '');
}

/** `TimeoutError` when `timeoutMs` have passed, `TlsError` otherwise. */
export function handshakeError(error: unknown, timeoutMs: number): TimeoutError | TlsError {
  const cause = error instanceof Error ? error : new Error(String(error));
  if ((cause as NodeJS.ErrnoException).code === 'ETIMEDOUT') {
    const message = `The TLS handshake on the data connection was not done within ${timeoutMs / 1000} s.`;
    return new TimeoutError('ERR_TWINLINE_TIMEOUT', message, { channel: 'data', phase: 'tls', timeoutMs, cause });
  }
  return new TlsError(
    'ERR_TWINLINE_TLS_HANDSHAKE',
    `The TLS handshake on the data connection failed: ${handshakeReason(cause)}.`,
    {
      channel: 'data',
      cause,
    },
  );
}

/** Replies that are about the data connection itself, and so explain why its handshake failed. */
const dataConnectionCodes: ReadonlySet<number> = new Set([425, 426, 521, 522]);

/** A handshake failed and the server then refused the command: the reason, or the refusal where it has another one. */
export function explainHandshake(failure: TimeoutError | TlsError, command: string, reply: ParsedReply): TwinlineError {
  if (!dataConnectionCodes.has(reply.code)) return replyError(command, reply);
  const message = `${failure.message} The server says: "${replyText(reply)}".`;
  return new TlsError('ERR_TWINLINE_TLS_HANDSHAKE', message, { channel: 'data', cause: failure });
}
