/** Handshakes that may fail: the failure is what a case is about. */

import type { ConnectionOptions } from 'node:tls';
import type { LabSession } from './lab-session.ts';

/** Starts TLS on the control line. The reason why it failed; `undefined` where TLS stands. */
export async function handshakeFailure(
  session: LabSession,
  options: ConnectionOptions = {},
): Promise<string | undefined> {
  return session.startTls(options).then(() => undefined, reasonOf);
}

/** `ERR_SSL_…` where OpenSSL names the reason, and the first line of the message elsewhere. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.message.split('\n', 1)[0] ?? '';
}
