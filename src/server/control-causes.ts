/** What each ending of a control connection is called: for the session, for its transfer, and in words. */

import type { LineEnding } from '../net/index.ts';
import type { SecurityState } from '../protocol/index.ts';
import type { SessionCause, TransferCause } from './audit.ts';

export const controlCauses: Record<
  LineEnding,
  { readonly session: SessionCause; readonly transfer: TransferCause; readonly words: string }
> = {
  reset: { session: 'control-reset', transfer: 'control-reset', words: 'the control connection was reset' },
  fin: { session: 'control-fin', transfer: 'control-fin', words: 'the client closed the control connection' },
  'close-notify': {
    session: 'control-close-notify',
    transfer: 'control-close-notify',
    words: 'the client closed the control connection with close_notify',
  },
  timeout: {
    session: 'control-timeout',
    transfer: 'control-timeout',
    words: 'the network lost the control connection',
  },
  error: { session: 'control-error', transfer: 'control-error', words: 'the control connection failed' },
  local: {
    session: 'control-error',
    transfer: 'control-closed-by-server',
    words: 'the server closed the control connection',
  },
};

/** What the loss of the control connection is called while its TLS handshake runs; undefined at any other time. */
export function handshakeCause(
  ending: LineEnding,
  security: SecurityState,
  implicit: boolean,
): SessionCause | undefined {
  const isInHandshake = security === 'upgrading' || (security === 'plain' && implicit);
  if (!isInHandshake) return undefined;
  return ending === 'timeout' ? 'tls-timeout' : 'tls-failed';
}
