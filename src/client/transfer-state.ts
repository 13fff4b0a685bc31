/** What an error of a transfer says about the file: bytes on both sides, and whether the transfer can be taken up. */

import { ReplyError, type TransferState, TwinlineError } from '../errors/index.ts';
import { passingReplies } from './retry.ts';

/** Adds the state to an error of ours, unless it has one; anything else, such as the error of a stream, stays as it is. */
export function noteTransfer(error: unknown, state: Omit<TransferState, 'resumable'>): void {
  if (error instanceof TwinlineError) error.noteTransfer({ ...state, resumable: isResumable(error) });
}

/** A loss or an abort leaves a good beginning; a refusal says no to the file, unless it speaks of the connection. */
function isResumable(error: TwinlineError): boolean {
  if ('resumable' in error) return error.resumable === true;
  if (error instanceof ReplyError) return passingReplies.has(error.replyCode);
  return error.code === 'ERR_TWINLINE_TIMEOUT' || error.code === 'ERR_TWINLINE_ABORTED';
}
