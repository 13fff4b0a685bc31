/** An error as an event: what a program needs to decide what to do next. */

import {
  ConnectionLostError,
  ReplyError,
  TimeoutError,
  TlsError,
  TransferIncompleteError,
  TwinlineError,
} from '../../errors/index.ts';
import { exitCodeOf } from '../exit-codes.ts';
import type { EventOf } from './client-event.ts';

/** `about`: the transfer or path that it belongs to. */
export function errorEvent(
  error: unknown,
  about: { readonly id?: number; readonly path?: string } = {},
): EventOf<'error'> {
  return {
    kind: 'error',
    ...about,
    code: error instanceof TwinlineError ? error.code : null,
    message: error instanceof Error ? error.message : String(error),
    exitCode: exitCodeOf(error),
    ...transferOf(error),
    ...detailsOf(error),
  };
}

/** How far the transfer had come, whatever ended it. */
function transferOf(error: unknown): Partial<EventOf<'error'>> {
  if (!(error instanceof TwinlineError)) return {};
  if (error.transfer === undefined) return transferOf(error.cause);
  const { bytesHere, bytesThere, resumable } = error.transfer;
  return { bytesHere, ...(bytesThere === undefined ? {} : { bytesThere }), resumable };
}

function detailsOf(error: unknown): Partial<EventOf<'error'>> {
  if (error instanceof ConnectionLostError) {
    const { channel, phase, bytesMoved, resumable } = error;
    return { channel, phase, bytes: bytesMoved, resumable };
  }
  if (error instanceof TransferIncompleteError) {
    const { bytesHere, bytesThere, resumable } = error;
    return { channel: 'data', phase: 'transfer', bytesHere, bytesThere, resumable };
  }
  if (error instanceof TimeoutError) return { channel: error.channel, phase: error.phase };
  if (error instanceof TlsError) return { channel: error.channel, phase: 'tls' };
  if (error instanceof ReplyError) return { channel: 'control', phase: 'reply', replyCode: error.replyCode };
  // What the command adds to an error keeps the error as its cause.
  return error instanceof TwinlineError && error.cause instanceof TwinlineError ? detailsOf(error.cause) : {};
}
